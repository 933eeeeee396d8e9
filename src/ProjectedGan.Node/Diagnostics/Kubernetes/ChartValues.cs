using System.Globalization;
using ProjectedGan.Torch;
using YamlDotNet.Core;
using YamlDotNet.RepresentationModel;

namespace ProjectedGan.Node.Diagnostics.Kubernetes;

/// <summary>The settings of values files that tell what a release will ask of its cluster. The chart's own checks judge the rest.</summary>
internal static class ChartValues
{
    private const string DefaultGpu = "nvidia.com/gpu";

    // As helm/projectedgan/values.yaml has it; a test compares the two.
    private const string Defaults = """
        clustering: {mode: none}
        coordinator: {persistence: {enabled: true, existingClaim: "", storageClass: ""}}
        workers: {pools: [{name: gpu, device: cuda, replicas: 2}]}
        evaluator: {enabled: true, replicas: 1, device: cuda, gpuResource: nvidia.com/gpu}
        tls: {certManager: {enabled: false}}
        metrics: {serviceMonitor: {enabled: false}, podMonitor: {enabled: false}, prometheusRule: {enabled: false}}
        """;

    /// <summary>Reads values files over the chart's defaults; later ones win, lists as a whole.</summary>
    /// <exception cref="UsageException">A file is missing, or no YAML mapping.</exception>
    public static ChartWishes Wishes(IEnumerable<string> files)
    {
        YamlMappingNode values = Parse("the defaults", Defaults);
        foreach (string file in files)
        {
            Merge(values, Parse(file, Text(file)));
        }

        return Read(values);
    }

    private static ChartWishes Read(YamlMappingNode values)
    {
        Dictionary<string, int> gpus = [];
        HashSet<string> classes = [];
        bool keda = false;
        if (Is(values, "coordinator", "persistence", "enabled") && Text(values, "coordinator", "persistence", "existingClaim").Length == 0)
        {
            classes.Add(Text(values, "coordinator", "persistence", "storageClass"));
        }

        foreach (YamlNode pool in (At(values, "workers", "pools") as YamlSequenceNode)?.Children ?? [])
        {
            keda |= Text(pool, "autoscaling", "kind") == "keda";
            Count(gpus, pool);
            if (Is(pool, "cache", "persistent"))
            {
                classes.Add(Text(pool, "cache", "storageClass"));
            }
        }

        YamlNode? evaluator = At(values, "evaluator");
        if (evaluator is not null && Is(evaluator, "enabled"))
        {
            Count(gpus, evaluator);
        }

        bool monitors = new[] { "serviceMonitor", "podMonitor", "prometheusRule" }.Any(kind => Is(values, "metrics", kind, "enabled"));
        return new ChartWishes(gpus, classes, monitors, Is(values, "tls", "certManager", "enabled"), keda);
    }

    private static void Count(Dictionary<string, int> gpus, YamlNode owner)
    {
        if (Text(owner, "device") == "cuda")
        {
            string resource = Text(owner, "gpuResource") is { Length: > 0 } named ? named : DefaultGpu;
            int replicas = int.TryParse(Text(owner, "replicas"), NumberStyles.None, CultureInfo.InvariantCulture, out int count) ? count : 1;
            gpus[resource] = gpus.GetValueOrDefault(resource) + replicas;
        }
    }

    private static YamlNode? At(YamlNode? node, params string[] path)
    {
        foreach (string key in path)
        {
            node = node is YamlMappingNode mapping && mapping.Children.TryGetValue(new YamlScalarNode(key), out YamlNode? inner) ? inner : null;
        }

        return node;
    }

    private static string Text(YamlNode node, params string[] path) => At(node, path) is YamlScalarNode { Value: { } value } ? value : "";

    private static bool Is(YamlNode node, params string[] path) => Text(node, path) == "true";

    private static void Merge(YamlMappingNode under, YamlMappingNode over)
    {
        foreach ((YamlNode key, YamlNode value) in over.Children)
        {
            if (value is YamlMappingNode inner && under.Children.TryGetValue(key, out YamlNode? existing) && existing is YamlMappingNode target)
            {
                Merge(target, inner);
            }
            else
            {
                under.Children[key] = value;
            }
        }
    }

    private static string Text(string file)
    {
        try
        {
            return File.ReadAllText(file);
        }
        catch (IOException exception)
        {
            throw new UsageException($"--values '{file}' cannot be read: {exception.Message}", exception);
        }
    }

    private static YamlMappingNode Parse(string name, string text)
    {
        try
        {
            YamlStream stream = [];
            stream.Load(new StringReader(text));
            return stream.Documents.Count == 0 ? [] : stream.Documents[0].RootNode as YamlMappingNode ?? throw new UsageException($"--values '{name}' holds no mapping of values.");
        }
        catch (YamlException exception)
        {
            throw new UsageException($"--values '{name}', line {exception.Start.Line}: {exception.Message}", exception);
        }
    }
}
