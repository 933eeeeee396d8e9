using System.Globalization;
using System.Text;
using ProjectedGan.Foundation;
using YamlDotNet.Core;
using YamlDotNet.RepresentationModel;

namespace ProjectedGan.Specification;

/// <summary>Specs as YAML files: strict, so that a misspelt name never passes as a default.</summary>
public static class TrainingSpecFile
{
    /// <summary>Bytes of a spec in UTF-8.</summary>
    public const int MostBytes = 256 << 10;

    /// <summary>The name under which a file lists values of settings to train all combinations of.</summary>
    internal const string SweepWord = "sweep";

    /// <summary>The name under which a file lists variants of its spec.</summary>
    internal const string VariantsWord = "variants";

    // Enough to mend a spec by. A text that is none has as many as it has lines.
    internal const int MostProblems = 100;

    /// <summary>Reads and validates a spec; settings that the file leaves out keep their defaults.</summary>
    /// <exception cref="SpecException">Unknown names, values of the wrong kind and contradictions, all listed with their lines.</exception>
    /// <exception cref="PganException">The file cannot be read, is too large or is no plain YAML.</exception>
    public static TrainingSpec Load(string path) => Load(path, validate: true);

    /// <summary>Reads a spec that the caller completes, for example by flags, and then validates.</summary>
    /// <inheritdoc cref="Load(string)"/>
    public static TrainingSpec LoadUnvalidated(string path) => Load(path, validate: false);

    /// <summary>Reads a spec from YAML text that the caller completes and then validates.</summary>
    /// <param name="name">What messages call the text.</param>
    /// <param name="yaml">One mapping of settings.</param>
    /// <inheritdoc cref="Load(string)"/>
    public static TrainingSpec ParseUnvalidated(string name, string yaml) => Bind(name, Parse(name, yaml), validate: false);

    /// <summary>Reads a spec from YAML text and finds everything that is wrong with it: what cannot be read and what does not fit together.</summary>
    /// <param name="name">What messages call the text.</param>
    /// <param name="yaml">One mapping of settings.</param>
    /// <returns>The spec, with defaults where it could not be read, and its problems, or the first ones of very many, with their lines.</returns>
    /// <exception cref="PganException">The text is too large or no plain YAML.</exception>
    public static (TrainingSpec Spec, IReadOnlyList<SpecProblem> Problems) Inspect(string name, string yaml)
    {
        var (draft, problems) = BindAll(Parse(name, yaml), validate: true);
        return (draft, problems);
    }

    /// <summary>The settings of a file as they stand there, for one that holds more than a spec.</summary>
    /// <exception cref="PganException">The file cannot be read, is too large or is no plain YAML.</exception>
    internal static YamlMappingNode Read(string path)
    {
        try
        {
            using var reader = new StreamReader(path);
            var text = new char[MostBytes + 1];
            return Parse(path, new string(text, 0, reader.ReadBlock(text)));
        }
        catch (Exception error) when (error is IOException or UnauthorizedAccessException)
        {
            throw new PganException($"{path}: cannot read the spec: {error.Message}");
        }
    }

    /// <summary>Reads a spec of settings that the caller completes and then validates.</summary>
    /// <param name="name">What messages call the text.</param>
    /// <param name="mapping">The settings.</param>
    /// <exception cref="SpecException">Unknown names and values of the wrong kind, all listed with their lines.</exception>
    internal static TrainingSpec BindUnvalidated(string name, YamlMappingNode mapping) => Bind(name, mapping, validate: false);

    /// <summary>Writes settings over those of a spec that nobody else holds yet.</summary>
    /// <param name="mapping">The settings.</param>
    /// <param name="draft">What they are written to.</param>
    /// <param name="lines">Gets the line of each setting.</param>
    /// <param name="problems">Gets what cannot be read.</param>
    internal static void Apply(YamlMappingNode mapping, TrainingSpec draft, Dictionary<string, long> lines, List<SpecProblem> problems) =>
        Bind(mapping, "", draft, lines, problems);

    /// <summary>A problem with the line of its setting, where the file has one.</summary>
    internal static SpecProblem Locate(SpecProblem problem, Dictionary<string, long> lines) =>
        lines.TryGetValue(problem.Path, out var line) ? problem with { Message = $"line {line}: {problem.Message}" } : problem;

    /// <summary>The spec as YAML with every setting written out.</summary>
    public static string Write(TrainingSpec spec)
    {
        var text = new StringBuilder();
        var section = "";
        foreach (var field in SpecSchema.Fields)
        {
            var parts = field.Path.Split('.');
            if (parts.Length == 2 && parts[0] != section)
            {
                section = parts[0];
                text.Append(section).Append(":\n");
            }
            var value = field.Type == typeof(string) ? Quote(field.Text(spec)) : field.Text(spec);
            text.Append(parts.Length == 2 ? "  " : "").Append(parts[^1]).Append(": ").Append(value).Append('\n');
        }
        return text.ToString();
    }

    /// <summary>Writes the spec beside <paramref name="path"/> and renames it into place.</summary>
    /// <exception cref="PganException">The file cannot be written; what was there before is whole.</exception>
    public static void Save(TrainingSpec spec, string path)
    {
        var temporary = path + ".tmp";
        try
        {
            File.WriteAllText(temporary, Write(spec));
            File.Move(temporary, path, overwrite: true);
        }
        catch (Exception error) when (error is IOException or UnauthorizedAccessException)
        {
            throw new PganException($"{path}: cannot write the spec: {error.Message}");
        }
    }

    private static TrainingSpec Load(string path, bool validate) => Bind(path, Read(path), validate);

    private static TrainingSpec Bind(string path, YamlMappingNode mapping, bool validate)
    {
        var (draft, problems) = BindAll(mapping, validate);
        return problems.Count == 0 ? draft : throw new SpecException(path, problems);
    }

    private static (TrainingSpec Draft, IReadOnlyList<SpecProblem> Problems) BindAll(YamlMappingNode mapping, bool validate)
    {
        var draft = SpecSchema.Copy(new TrainingSpec());
        var lines = new Dictionary<string, long>(StringComparer.Ordinal);
        var problems = new List<SpecProblem>();
        Bind(mapping, "", draft, lines, problems);
        if (validate)
        {
            // Settings that could not be read are judged once.
            problems.AddRange(TrainingSpecValidator.Validate(draft).Where(found => problems.TrueForAll(known => known.Path != found.Path)));
        }
        return (draft, [.. problems.Select(problem => Locate(problem, lines))]);
    }

    private static YamlMappingNode Parse(string path, string text)
    {
        if (Encoding.UTF8.GetByteCount(text) > MostBytes)
        {
            throw new PganException($"{path}: a spec may have {MostBytes} bytes, and this is larger.");
        }
        try
        {
            using var reader = new StringReader(text);
            return PlainYaml.Load(reader).Documents switch
            {
                [] => [],
                [{ RootNode: YamlMappingNode mapping }] => mapping,
                _ => throw new PganException($"{path}: the file must hold one mapping of settings, such as 'batch: 64'."),
            };
        }
        catch (YamlException error)
        {
            var reason = error.InnerException?.Message ?? error.Message;
            throw new PganException($"{path}: line {error.Start.Line} is no valid YAML: {reason}");
        }
    }

    private static void Bind(
        YamlMappingNode mapping, string prefix, TrainingSpec draft, Dictionary<string, long> lines, List<SpecProblem> problems)
    {
        foreach (var (key, value) in mapping.Children)
        {
            var path = prefix + SpecSchema.Shorten($"{key}");
            lines[path] = key.Start.Line;
            if (problems.Count >= MostProblems)
            {
                problems.Add(new SpecProblem(path, $"{path} and what follows was not looked at; mend what comes before first."));
                return;
            }
            if (value is YamlMappingNode section && prefix.Length == 0 && SpecSchema.Sections.Contains(path))
            {
                Bind(section, path + ".", draft, lines, problems);
            }
            else if (value is YamlScalarNode scalar && IsEmptySection(path, scalar))
            {
                continue;
            }
            else if (value is YamlScalarNode { Value: { } text })
            {
                if (SpecSchema.Assign(draft, path, text) is { } problem)
                {
                    problems.Add(problem);
                }
            }
            else
            {
                if (prefix.Length == 0 && path is SweepWord or VariantsWord)
                {
                    problems.Add(new SpecProblem(path, $"{path} describes several runs, and one is wanted here; 'pgan train --spec' and 'pgan submit' take them."));
                    continue;
                }
                var expected = SpecSchema.Find(path)?.Expectation;
                problems.Add(new SpecProblem(path, expected is null
                    ? $"{path} is no known section; the nearest setting is {SpecSchema.Nearest(path)}."
                    : $"{path} holds a list or a section; it must be {expected}."));
            }
        }
    }

    private static bool IsEmptySection(string path, YamlScalarNode scalar) =>
        SpecSchema.Sections.Contains(path) && string.IsNullOrEmpty(scalar.Value);

    private static string Quote(string text) =>
        "\"" + string.Concat(text.Select(character => character switch
        {
            '"' => "\\\"",
            '\\' => "\\\\",
            < ' ' or '\x7f' => "\\x" + ((int)character).ToString("x2", CultureInfo.InvariantCulture),
            _ => character.ToString(),
        })) + "\"";
}
