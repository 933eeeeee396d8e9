namespace ProjectedGan.Specification.Sweeps;

/// <summary>Names of a sweep's runs: the variant's, and each swept setting with its value, <c>baseline-count4-seed0</c> for example.</summary>
internal static class SweepNames
{
    public static string Of(SweepVariant variant, IReadOnlyList<SweepAxis> axes, TrainingSpec spec) =>
        string.Join('-', axes.Select(axis => Label(axis, axes, spec)).Prepend(variant.Name).Where(part => part.Length > 0));

    private static string Label(SweepAxis axis, IReadOnlyList<SweepAxis> axes, TrainingSpec spec)
    {
        var last = Last(axis);
        var name = axes.Count(other => Last(other) == last) > 1 ? axis.Field.Path : last;
        var value = axis.Field.Text(spec);
        if (axis.Field.Type == typeof(string))
        {
            // Of a file's path its name.
            value = Path.GetFileNameWithoutExtension(value.TrimEnd('/'));
        }
        var isNumber = axis.Field.Type == typeof(int) || axis.Field.Type == typeof(long) || axis.Field.Type == typeof(double);
        return string.Concat($"{name}{(isNumber ? "" : "_")}{value}".Select(character => char.IsAsciiLetterOrDigit(character) || character is '.' or '_' or '-' ? character : '_'));
    }

    private static string Last(SweepAxis axis) => axis.Field.Path.Split('.')[^1];
}
