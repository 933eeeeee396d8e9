using ProjectedGan.Foundation;
using YamlDotNet.RepresentationModel;

namespace ProjectedGan.Specification.Sweeps;

/// <summary>
/// Spec files that describe several runs. Beside the settings that all of them share, <c>sweep</c> lists values of settings, whose
/// combinations are all trained, and <c>variants</c> names sets of settings, each of which is trained with every combination. A file with
/// neither is a plain spec.
/// </summary>
public static class SweepFile
{
    /// <summary>Most combinations of one file.</summary>
    public const int MostRuns = 256;

    // A cluster's experiment is named after file and run, in 100 characters.
    private const int LongestName = 80;

    /// <summary>The runs of a file, in its order; the last setting of <c>sweep</c> varies fastest.</summary>
    /// <param name="path">The file.</param>
    /// <param name="overrides">Names and texts, as on a command line; they win over the file in every run.</param>
    /// <returns>One run without a name for a plain spec, which the caller validates; else named ones, each of them valid and no two of them equal.</returns>
    /// <exception cref="SpecException">Unknown names, values of the wrong kind, and contradictions with the names of their runs.</exception>
    /// <exception cref="UsageException">An override sets what the file varies.</exception>
    /// <exception cref="PganException">The file cannot be read, is too large or is no plain YAML.</exception>
    public static IReadOnlyList<SweepRun> Load(string path, IReadOnlyCollection<KeyValuePair<string, string>> overrides)
    {
        var mapping = TrainingSpecFile.Read(path);
        var sweep = Take(mapping, TrainingSpecFile.SweepWord);
        var variants = Take(mapping, TrainingSpecFile.VariantsWord);
        if (sweep is null && variants is null)
        {
            return [new SweepRun("", SpecSchema.With(TrainingSpecFile.BindUnvalidated(path, mapping), overrides))];
        }
        var (read, axes) = Read(path, mapping, sweep, variants);
        CheckOverrides(path, read, axes, overrides);
        return Merge(path, Expand(path, read, axes, overrides));
    }

    private static YamlNode? Take(YamlMappingNode mapping, string word)
    {
        var (key, value) = mapping.Children.FirstOrDefault(pair => pair.Key is YamlScalarNode scalar && scalar.Value == word);
        return key is not null && mapping.Children.Remove(key) ? value : null;
    }

    private static (IReadOnlyList<SweepVariant> Variants, IReadOnlyList<SweepAxis> Axes) Read(
        string path, YamlMappingNode mapping, YamlNode? sweep, YamlNode? variants)
    {
        List<SpecProblem> problems = [];
        var shared = new SweepVariant("", SpecSchema.Copy(new TrainingSpec()), new(StringComparer.Ordinal), []);
        TrainingSpecFile.Apply(mapping, shared.Spec, shared.Lines, problems);
        problems = [.. problems.Select(problem => TrainingSpecFile.Locate(problem, shared.Lines))];
        var read = variants is null ? [shared] : SweepVariant.Read(variants, shared, problems);
        var axes = sweep is null ? [] : SweepAxis.Read(sweep, problems);
        problems.AddRange(read.SelectMany(variant => axes.Where(axis => variant.Own.Contains(axis.Field.Path)).Select(axis => new SpecProblem(
            axis.Field.Path, $"line {axis.Line}: {axis.Field.Path} is swept, and variant {variant.Name} sets it; take it out of one of them."))));
        var count = axes.Aggregate((long)read.Count, (product, axis) => Math.Min(product * axis.Values.Count, int.MaxValue));
        if (count > MostRuns)
        {
            var found = count == int.MaxValue ? "billions of" : $"{count}";
            problems.Add(new SpecProblem(TrainingSpecFile.SweepWord, $"these are {found} runs; a file may describe {MostRuns}: split it, or sweep fewer values."));
        }
        return problems.Count == 0 ? (read, axes) : throw new SpecException(path, problems);
    }

    private static void CheckOverrides(
        string path, IReadOnlyList<SweepVariant> variants, IReadOnlyList<SweepAxis> axes, IEnumerable<KeyValuePair<string, string>> overrides)
    {
        foreach (var (name, _) in overrides)
        {
            if (axes.Any(axis => axis.Field.Path == name) || variants.Any(variant => variant.Own.Contains(name)))
            {
                throw new UsageException($"{path} varies {name}, and the command line sets it for all runs; change the file, or leave the flag away.");
            }
        }
    }

    private static List<SweepRun> Expand(
        string path, IReadOnlyList<SweepVariant> variants, IReadOnlyList<SweepAxis> axes, IReadOnlyCollection<KeyValuePair<string, string>> overrides)
    {
        List<SweepRun> runs = [];
        // What is wrong with every run is said once.
        Dictionary<string, List<string>> wrong = new(StringComparer.Ordinal);
        foreach (var variant in variants)
        {
            Dictionary<string, long> lines = new(variant.Lines, StringComparer.Ordinal);
            foreach (var axis in axes)
            {
                lines[axis.Field.Path] = axis.Line;
            }
            foreach (var point in Points(axes))
            {
                var spec = SpecSchema.With(variant.Spec, overrides);
                foreach (var (axis, value) in axes.Zip(point))
                {
                    axis.Field.Set(spec, value);
                }
                var run = new SweepRun(SweepNames.Of(variant, axes, spec), spec);
                runs.Add(run);
                foreach (var problem in TrainingSpecValidator.Validate(spec))
                {
                    var message = TrainingSpecFile.Locate(problem, lines).Message;
                    (wrong.TryGetValue(message, out var names) ? names : wrong[message] = []).Add(run.Name);
                }
            }
        }
        return wrong.Count == 0 ? runs : throw new SpecException(path, [.. wrong.Take(TrainingSpecFile.MostProblems)
            .Select(found => new SpecProblem(found.Value[0], found.Value.Count == runs.Count ? found.Key : $"{Listed(found.Value)}: {found.Key}"))]);
    }

    private static string Listed(List<string> names) => names.Count == 1 ? names[0] : $"{names[0]} and {names.Count - 1} more";

    private static IEnumerable<IReadOnlyList<object>> Points(IReadOnlyList<SweepAxis> axes) => axes.Aggregate(
        (IEnumerable<IReadOnlyList<object>>)[[]], (points, axis) => points.SelectMany(point => axis.Values.Select(IReadOnlyList<object> (value) => [.. point, value])));

    // By all settings and not by the spec's hash, which leaves out where data and weights lie, and how many workers a run may have.
    private static List<SweepRun> Merge(string path, IEnumerable<SweepRun> runs)
    {
        List<SweepRun> merged = [];
        Dictionary<TrainingSpec, int> known = [];
        Dictionary<string, TrainingSpec> names = new(StringComparer.OrdinalIgnoreCase);
        List<SpecProblem> problems = [];
        foreach (var run in runs)
        {
            if (run.Name.Length > LongestName)
            {
                problems.Add(new SpecProblem(run.Name, $"{run.Name[..LongestName]}… has {run.Name.Length} characters as a run's name; use variants, which have names of their own, or sweep fewer settings at once."));
            }
            else if (!names.TryAdd(run.Name, run.Spec) && names[run.Name] != run.Spec)
            {
                problems.Add(new SpecProblem(run.Name, $"two different runs would be named {run.Name}; use variants, which have names of their own."));
            }
            if (known.TryAdd(run.Spec, merged.Count))
            {
                merged.Add(run);
            }
            else if (merged[known[run.Spec]] is var first && first.Name != run.Name && !first.AlsoNamed.Contains(run.Name))
            {
                merged[known[run.Spec]] = first with { AlsoNamed = [.. first.AlsoNamed, run.Name] };
            }
        }
        return problems.Count == 0 ? merged : throw new SpecException(path, [.. problems.Take(TrainingSpecFile.MostProblems)]);
    }
}

/// <summary>One run that a file describes.</summary>
/// <param name="Name">Its name among the file's runs, fit for a folder; empty where the file is a plain spec.</param>
/// <param name="Spec">What it trains.</param>
public sealed record SweepRun(string Name, TrainingSpec Spec)
{
    /// <summary>Names of combinations that have the same settings throughout: this run is theirs, too.</summary>
    public IReadOnlyList<string> AlsoNamed { get; init; } = [];
}
