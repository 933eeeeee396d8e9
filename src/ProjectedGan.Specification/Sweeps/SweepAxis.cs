using YamlDotNet.RepresentationModel;

namespace ProjectedGan.Specification.Sweeps;

/// <summary>A setting that a sweep varies.</summary>
/// <param name="Field">The setting.</param>
/// <param name="Values">Its values in the file's order.</param>
/// <param name="Line">Where they stand.</param>
internal sealed record SweepAxis(SpecField Field, IReadOnlyList<object> Values, long Line)
{
    /// <summary>Reads the settings of <c>sweep</c>, by their full names or in sections.</summary>
    /// <param name="node">What stands behind the word.</param>
    /// <param name="problems">Gets what cannot be read.</param>
    public static IReadOnlyList<SweepAxis> Read(YamlNode node, List<SpecProblem> problems)
    {
        List<SweepAxis> axes = [];
        if (node is YamlMappingNode { Children.Count: > 0 } mapping)
        {
            Read(mapping, "", axes, problems);
        }
        else
        {
            problems.Add(new SpecProblem(TrainingSpecFile.SweepWord, $"line {node.Start.Line}: {TrainingSpecFile.SweepWord} must hold settings with lists of values, such as 'seed: [0, 1, 2]'."));
        }
        return axes;
    }

    private static void Read(YamlMappingNode mapping, string prefix, List<SweepAxis> axes, List<SpecProblem> problems)
    {
        foreach (var (key, value) in mapping.Children)
        {
            var path = prefix + SpecSchema.Shorten($"{key}");
            if (problems.Count >= TrainingSpecFile.MostProblems)
            {
                return;
            }
            if (value is YamlMappingNode section && prefix.Length == 0 && SpecSchema.Sections.Contains(path))
            {
                Read(section, path + ".", axes, problems);
            }
            else if (Wrong(path, value, axes) is { } wrong)
            {
                problems.Add(new SpecProblem(path, $"line {key.Start.Line}: {wrong}"));
            }
            else
            {
                var field = SpecSchema.Find(path)!;
                axes.Add(new SweepAxis(field, [.. ((YamlSequenceNode)value).Children.Select(item => field.Parse(((YamlScalarNode)item).Value!)!)], key.Start.Line));
            }
        }
    }

    private static string? Wrong(string path, YamlNode value, List<SweepAxis> axes)
    {
        if (SpecSchema.Find(path) is not { } field)
        {
            return $"{path} is no known setting; the nearest is {SpecSchema.Nearest(path)}.";
        }
        if (axes.Exists(axis => axis.Field == field))
        {
            return $"{path} is swept twice; put all of its values into one list.";
        }
        if (value is not YamlSequenceNode { Children.Count: > 0 } list)
        {
            return $"{path} must hold a list of values here, such as [0, 1, 2]; a value that all runs share stands outside of {TrainingSpecFile.SweepWord}.";
        }
        var bad = list.Children.FirstOrDefault(item => item is not YamlScalarNode { Value: { } text } || field.Parse(text) is null);
        return bad is null ? null : $"{path} holds {(bad is YamlScalarNode scalar ? $"'{SpecSchema.Shorten(scalar.Value ?? "")}'" : "a list or a section")}; each value must be {field.Expectation}.";
    }
}

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
