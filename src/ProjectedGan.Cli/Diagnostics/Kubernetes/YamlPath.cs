using YamlDotNet.RepresentationModel;

namespace ProjectedGan.Cli.Diagnostics.Kubernetes;

/// <summary>Values by their place. What is not there is empty.</summary>
internal static class YamlPath
{
    public static YamlNode? At(this YamlNode? node, params string[] path)
    {
        foreach (string key in path)
        {
            node = node is YamlMappingNode mapping && mapping.Children.TryGetValue(new YamlScalarNode(key), out YamlNode? inner) ? inner : null;
        }

        return node;
    }

    public static string Text(this YamlNode? node, params string[] path) => node.At(path) is YamlScalarNode { Value: { } value } ? value : "";

    public static bool Is(this YamlNode? node, params string[] path) => node.Text(path) == "true";

    public static IEnumerable<YamlNode> Items(this YamlNode? node, params string[] path) => node.At(path) is YamlSequenceNode list ? list.Children : [];

    /// <summary>A mapping of texts.</summary>
    public static IReadOnlyDictionary<string, string> Texts(this YamlNode? node, params string[] path) => node.At(path) is YamlMappingNode mapping
        ? mapping.Children.Where(pair => pair is { Key: YamlScalarNode, Value: YamlScalarNode }).ToDictionary(pair => pair.Key.Text(), pair => pair.Value.Text())
        : new Dictionary<string, string>();
}
