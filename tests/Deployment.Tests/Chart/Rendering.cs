using System.Collections.Concurrent;
using System.Text.Json.Nodes;
using System.Text.RegularExpressions;
using Deployment.Tests.Tools;

namespace Deployment.Tests.Chart;

/// <summary>The chart with one file of values, as <c>helm template</c> renders it for the release "gan" in the namespace "research".</summary>
/// <param name="Name">The example's name.</param>
/// <param name="Text">The rendered text.</param>
internal sealed partial record Rendering(string Name, string Text)
{
    /// <summary>The name of the rendering without a file of values.</summary>
    public const string Defaults = "defaults";

    private static readonly ConcurrentDictionary<string, Lazy<Rendering>> Made = new();

    public static string Chart { get; } = Repository.At("helm", "projectedgan");

    /// <summary>Every documented combination of values.</summary>
    public static IReadOnlyList<string> Names { get; } =
        [Defaults, .. Directory.EnumerateFiles(Path.Combine(Chart, "examples"), "*.yaml").Select(file => Path.GetFileNameWithoutExtension(file)).Order(StringComparer.Ordinal)];

    public static TheoryData<string> All => [.. Names];

    public IReadOnlyList<JsonObject> Objects => YamlText.Documents(Text);

    /// <summary>The text without what is drawn at random, and without the images of the test.</summary>
    public string Stable => Images().Replace(Hash().Replace(Token().Replace(Text, "$1 (drawn)"), "$1 (of the token)"), "$1 (files/test/images.zip)").TrimEnd() + "\n";

    public static Rendering Of(string name) => Made.GetOrAdd(name, key => new(() => new Rendering(key, Template(Values(key)).Succeeded().Output))).Value;

    /// <summary>Several examples over each other; later ones win.</summary>
    public static Rendering Of(params string[] names) => new(string.Join('+', names), Template([.. names.SelectMany(Values)]).Succeeded().Output);

    /// <summary>Renders with these further arguments.</summary>
    public static ToolResult Template(params string[] arguments) => Tool.Helm.Run(["template", "gan", Chart, "--namespace", "research", .. arguments]);

    public static string[] Values(string name) => name == Defaults ? [] : ["--values", Path.Combine(Chart, "examples", $"{name}.yaml")];

    public IEnumerable<JsonObject> OfKind(params string[] kinds) => Objects.Where(item => kinds.Contains(item["kind"]!.GetValue<string>()));

    [GeneratedRegex(@"^(  (?:read|submit|worker)-token:) \w+$", RegexOptions.Multiline)]
    private static partial Regex Token();

    [GeneratedRegex(@"(sha256:) [0-9a-f]{64}")]
    private static partial Regex Hash();

    [GeneratedRegex(@"(images\.zip:) [A-Za-z0-9+/=]+")]
    private static partial Regex Images();
}
