using System.Text.RegularExpressions;
using YamlDotNet.RepresentationModel;

namespace ProjectedGan.Specification.Sweeps;

/// <summary>A named set of settings over those that all runs share.</summary>
/// <param name="Name">Its name; empty where the file has no variants.</param>
/// <param name="Spec">The settings; nobody else holds it.</param>
/// <param name="Lines">The line of each setting that the file gives.</param>
/// <param name="Own">The settings that it gives itself.</param>
internal sealed partial record SweepVariant(string Name, TrainingSpec Spec, Dictionary<string, long> Lines, IReadOnlyCollection<string> Own)
{
    private const string NameWord = "name";

    /// <summary>Reads the list of <c>variants</c>.</summary>
    /// <param name="node">What stands behind the word.</param>
    /// <param name="shared">What all runs share.</param>
    /// <param name="problems">Gets what cannot be read.</param>
    public static IReadOnlyList<SweepVariant> Read(YamlNode node, SweepVariant shared, List<SpecProblem> problems)
    {
        List<SweepVariant> variants = [];
        if (node is not YamlSequenceNode { Children.Count: > 0 } list)
        {
            problems.Add(new SpecProblem(TrainingSpecFile.VariantsWord, $"line {node.Start.Line}: {TrainingSpecFile.VariantsWord} must be a list of named sets of settings, such as '- {{name: baseline}}'."));
            return variants;
        }
        foreach (var item in list.Children.TakeWhile(_ => problems.Count < TrainingSpecFile.MostProblems))
        {
            if (NameProblem(item, variants) is { } wrong)
            {
                problems.Add(new SpecProblem(TrainingSpecFile.VariantsWord, $"line {item.Start.Line}: {wrong}"));
                continue;
            }
            var settings = new YamlMappingNode(((YamlMappingNode)item).Children.Where(pair => !IsName(pair.Key)));
            Dictionary<string, long> own = new(StringComparer.Ordinal);
            List<SpecProblem> found = [];
            var spec = SpecSchema.Copy(shared.Spec);
            TrainingSpecFile.Apply(settings, spec, own, found);
            problems.AddRange(found.Select(problem => TrainingSpecFile.Locate(problem, own)));
            Dictionary<string, long> lines = new(shared.Lines, StringComparer.Ordinal);
            foreach (var (path, line) in own)
            {
                lines[path] = line;
            }
            variants.Add(new SweepVariant(NameOf(item)!, spec, lines, own.Keys));
        }
        return variants;
    }

    private static string? NameProblem(YamlNode item, List<SweepVariant> variants)
    {
        if (NameOf(item) is not { } name)
        {
            return $"a variant needs a name: '- {{name: baseline}}'.";
        }
        if (!UsableName().IsMatch(name))
        {
            return $"the variant's name is '{SpecSchema.Shorten(name)}'; use 1 to 40 letters, digits, dots, dashes and underscores, a letter or digit first.";
        }
        return variants.Exists(variant => variant.Name == name) ? $"there are two variants named {name}; give each its own name." : null;
    }

    private static string? NameOf(YamlNode item) =>
        item is YamlMappingNode mapping ? (mapping.Children.FirstOrDefault(pair => IsName(pair.Key)).Value as YamlScalarNode)?.Value : null;

    private static bool IsName(YamlNode key) => key is YamlScalarNode { Value: NameWord };

    [GeneratedRegex(@"^[A-Za-z0-9][A-Za-z0-9._-]{0,39}\z")]
    private static partial Regex UsableName();
}
