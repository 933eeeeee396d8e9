using System.Globalization;
using System.Text.Json.Nodes;
using YamlDotNet.Core;
using YamlDotNet.RepresentationModel;

namespace Deployment.Tests.Tools;

/// <summary>YAML as JSON nodes, with the types that Kubernetes and Compose give plain scalars.</summary>
internal static class YamlText
{
    /// <summary>All documents that hold something.</summary>
    public static IReadOnlyList<JsonObject> Documents(string text)
    {
        YamlStream stream = [];
        stream.Load(new StringReader(text));
        return [.. stream.Documents.Select(document => Convert(document.RootNode)).OfType<JsonObject>()];
    }

    public static JsonObject File(string path) => Assert.Single(Documents(System.IO.File.ReadAllText(path)));

    private static JsonNode? Convert(YamlNode node) => node switch
    {
        YamlMappingNode mapping => Mapping(mapping),
        YamlSequenceNode sequence => new JsonArray([.. sequence.Children.Select(Convert)]),
        YamlScalarNode { Style: ScalarStyle.Plain } plain => Plain(plain.Value!),
        YamlScalarNode scalar => JsonValue.Create(scalar.Value),
        _ => throw new InvalidDataException($"Line {node.Start.Line}: a {node.NodeType} is not expected here."),
    };

    // The key << takes another mapping's entries; entries of the mapping itself win.
    private static JsonObject Mapping(YamlMappingNode mapping)
    {
        JsonObject converted = [];
        foreach (var (key, value) in mapping.Children)
        {
            var name = ((YamlScalarNode)key).Value!;
            if (name != "<<")
            {
                converted[name] = Convert(value);
                continue;
            }

            foreach ((var inherited, var entry) in Mapping((YamlMappingNode)value))
            {
                if (!mapping.Children.ContainsKey(new YamlScalarNode(inherited)))
                {
                    converted[inherited] = entry?.DeepClone();
                }
            }
        }

        return converted;
    }

    private static JsonValue? Plain(string text) => text switch
    {
        "" or "null" or "~" => null,
        "true" => JsonValue.Create(true),
        "false" => JsonValue.Create(false),
        _ when long.TryParse(text, NumberStyles.AllowLeadingSign, CultureInfo.InvariantCulture, out var whole) => JsonValue.Create(whole),
        _ when double.TryParse(text, NumberStyles.Float, CultureInfo.InvariantCulture, out var number) && double.IsFinite(number) => JsonValue.Create(number),
        _ => JsonValue.Create(text),
    };
}
