using System.Globalization;

namespace ProjectedGan.Specification;

/// <summary>Collects the problems of one spec.</summary>
internal sealed class SpecChecks(TrainingSpec spec)
{
    private readonly List<SpecProblem> _problems = [];

    public IReadOnlyList<SpecProblem> Problems => _problems;

    public void Add(string path, string message) => _problems.Add(new SpecProblem(path, message));

    /// <summary>Checks a number against both bounds, which are allowed values.</summary>
    public void Range(string path, double lowest, double highest)
    {
        var field = SpecSchema.Find(path)!;
        var value = Convert.ToDouble(field.Get(spec), CultureInfo.InvariantCulture);
        if (value >= lowest && value <= highest)
        {
            return;
        }
        var allowed = (lowest, highest) switch
        {
            (double.Epsilon, _) => $"above 0 and at most {highest:R}",
            (_, long.MaxValue or int.MaxValue or double.MaxValue) => $"{lowest:R} or more",
            (_, < 1) => $"{lowest:R} or more and below 1",
            _ => $"from {lowest:R} to {highest:R}",
        };
        Add(path, $"{path} is {field.Text(spec)}; it must be {allowed}.");
    }

    /// <summary>Checks that texts, which are names of files, metrics and networks, hold nothing that no such name can.</summary>
    public void Texts()
    {
        foreach (var field in SpecSchema.Fields.Where(field => field.Type == typeof(string)))
        {
            var text = field.Text(spec);
            if (text.Any(char.IsControl))
            {
                var shown = string.Concat(text.Select(character => char.IsControl(character) ? '\uFFFD' : character));
                Add(field.Path, $"{field.Path} is '{SpecSchema.Shorten(shown)}', with the control character {(int)text.First(char.IsControl)}; take it out.");
            }
        }
    }

    public void NeedsStyles(string path, double value)
    {
        if (value > 0 && !spec.Generator.Kind.HasStyles())
        {
            Add(path, $"{path} is {value.ToString("R", CultureInfo.InvariantCulture)} although generator.kind is {SpecSchema.Find("generator.kind")!.Text(spec)}, which has no styles; "
                + $"set generator.kind to stylegan2 or hybrid, or {path} to 0.");
        }
    }

    public void NeedsClasses(string path, bool conditional)
    {
        if (conditional)
        {
            Add(path, $"{path} is true although data.classes is 0; set data.classes to the number of classes in dataset.json, or {path} to false.");
        }
    }
}
