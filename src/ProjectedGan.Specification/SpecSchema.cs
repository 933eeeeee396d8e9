using System.Reflection;
using System.Security.Cryptography;
using System.Text;
using System.Text.Json;

namespace ProjectedGan.Specification;

/// <summary>The settings of <see cref="TrainingSpec"/> by name: the one list that files, flags, hash and messages share.</summary>
public static class SpecSchema
{
    private const int LongestQuote = 80;

    private static readonly Dictionary<string, SpecField> ByPath = Collect().ToDictionary(field => field.Path, StringComparer.Ordinal);

    /// <summary>Every setting, in the order in which the records declare them.</summary>
    public static IReadOnlyList<SpecField> Fields { get; } = [.. Collect()];

    /// <summary>The names of the sections, such as <c>generator</c>.</summary>
    public static IReadOnlyList<string> Sections { get; } =
        [.. Fields.Where(field => field.Path.Contains('.')).Select(field => field.Path.Split('.')[0]).Distinct()];

    public static SpecField? Find(string path) => ByPath.GetValueOrDefault(path);

    /// <summary>The known name most like <paramref name="path"/>, by edit distance.</summary>
    public static string Nearest(string path) => Fields.MinBy(field => Distance(field.Path, path))!.Path;

    /// <summary>A copy of a spec with some values replaced.</summary>
    /// <param name="spec">The spec to start from; it stays as it is.</param>
    /// <param name="values">Names and texts, as on a command line.</param>
    /// <exception cref="SpecException">A name is unknown or a text is no value of its field; all such are listed.</exception>
    public static TrainingSpec With(TrainingSpec spec, IEnumerable<KeyValuePair<string, string>> values)
    {
        var draft = Copy(spec);
        var problems = new List<SpecProblem>();
        foreach (var (path, text) in values)
        {
            if (Assign(draft, path, text) is { } problem)
            {
                problems.Add(problem);
            }
        }
        return problems.Count == 0 ? draft : throw new SpecException("The settings are wrong", problems);
    }

    /// <summary>The settings in which two specs differ, each as <c>name: first against second</c>; <paramref name="onlyResult"/> leaves out what cannot change the weights.</summary>
    public static IReadOnlyList<string> Differences(TrainingSpec first, TrainingSpec second, bool onlyResult) =>
        [.. Fields.Where(field => (!onlyResult || field.DeterminesResult) && !field.Get(first).Equals(field.Get(second)))
            .Select(field => $"{field.Path}: {field.Text(first)} against {field.Text(second)}")];

    /// <summary>A text as messages quote it.</summary>
    internal static string Shorten(string text) =>
        text.Length <= LongestQuote ? text : text[..(char.IsHighSurrogate(text[LongestQuote - 1]) ? LongestQuote - 1 : LongestQuote)] + "…";

    internal static SpecProblem? Assign(TrainingSpec draft, string path, string text)
    {
        if (Find(path) is not { } field)
        {
            return new SpecProblem(path, $"{path} is no known setting; the nearest is {Nearest(path)}.");
        }
        if (field.Parse(text) is not { } value)
        {
            return new SpecProblem(path, $"{path} is '{Shorten(text)}'; it must be {field.Expectation}.");
        }
        field.Set(draft, value);
        return null;
    }

    internal static TrainingSpec Copy(TrainingSpec spec) => spec with
    {
        Data = spec.Data with { },
        Generator = spec.Generator with { },
        Features = spec.Features with { },
        Projection = spec.Projection with { },
        Discriminator = spec.Discriminator with { },
        Loss = spec.Loss with { },
        Augmentation = spec.Augmentation with { },
        Blur = spec.Blur with { },
        Optimizer = spec.Optimizer with { },
        Ema = spec.Ema with { },
        Schedule = spec.Schedule with { },
        Execution = spec.Execution with { },
        Reduction = spec.Reduction with { },
        Evaluation = spec.Evaluation with { },
        Cluster = spec.Cluster with { },
    };

    private static IEnumerable<SpecField> Collect() =>
        Settable(typeof(TrainingSpec)).SelectMany(property => IsSection(property)
            ? Settable(property.PropertyType).Select(inner => new SpecField(property, inner))
            : [new SpecField(null, property)]);

    private static IEnumerable<PropertyInfo> Settable(Type type) =>
        type.GetProperties(BindingFlags.Public | BindingFlags.Instance).Where(property => property.CanWrite);

    private static bool IsSection(PropertyInfo property) =>
        property.PropertyType.IsClass && property.PropertyType != typeof(string);

    private static int Distance(string first, string second)
    {
        var row = Enumerable.Range(0, second.Length + 1).ToArray();
        for (var i = 1; i <= first.Length; i++)
        {
            var diagonal = row[0];
            row[0] = i;
            for (var j = 1; j <= second.Length; j++)
            {
                var replaced = diagonal + (first[i - 1] == second[j - 1] ? 0 : 1);
                diagonal = row[j];
                row[j] = Math.Min(replaced, Math.Min(row[j], row[j - 1]) + 1);
            }
        }
        return row[^1];
    }
}

/// <summary>The identity of a run's result.</summary>
public static class SpecHash
{
    /// <summary>
    /// The settings that determine the result as canonical JSON: one flat object, names in ordinal order, numbers in their
    /// shortest exact form, no white space.
    /// </summary>
    public static string CanonicalJson(TrainingSpec spec)
    {
        using var stream = new MemoryStream();
        using (var writer = new Utf8JsonWriter(stream))
        {
            writer.WriteStartObject();
            foreach (var field in SpecSchema.Fields.Where(field => field.IsHashed(spec))
                .OrderBy(field => field.Path, StringComparer.Ordinal))
            {
                writer.WritePropertyName(field.Path);
                JsonSerializer.Serialize(writer, field.Get(spec) is Enum ? field.Text(spec) : field.Get(spec));
            }
            writer.WriteEndObject();
        }
        return Encoding.UTF8.GetString(stream.ToArray());
    }

    /// <summary>SHA-256 of <see cref="CanonicalJson"/>, 64 lower-case hexadecimal digits.</summary>
    public static string Compute(TrainingSpec spec) =>
        Convert.ToHexStringLower(SHA256.HashData(Encoding.UTF8.GetBytes(CanonicalJson(spec))));
}
