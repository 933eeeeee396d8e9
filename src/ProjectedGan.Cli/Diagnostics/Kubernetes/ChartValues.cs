using System.Globalization;
using ProjectedGan.Foundation;
using YamlDotNet.Core;
using YamlDotNet.RepresentationModel;

namespace ProjectedGan.Cli.Diagnostics.Kubernetes;

/// <summary>The settings of values files that tell what a release will ask of its cluster. The chart's own checks judge the rest.</summary>
internal static class ChartValues
{
    private const string DefaultGpu = "nvidia.com/gpu";

    // As helm/projectedgan/values.yaml has it; a test compares the two.
    private const string Defaults = """
        clustering: {mode: none}
        postgres: {existingSecret: "", key: connection-string}
        coordinator:
          persistence: {enabled: true, existingClaim: "", storageClass: ""}
          files: {existingClaim: ""}
          resources: {requests: {cpu: "1", memory: 2Gi}, limits: {memory: 4Gi}}
        workers: {pools: [{name: gpu, device: cuda, replicas: 2}]}
        evaluator:
          enabled: true
          replicas: 1
          device: cuda
          gpuResource: nvidia.com/gpu
          resources: {requests: {cpu: "2", memory: 8Gi}, limits: {memory: 16Gi}}
        auth: {enabled: true, existingSecret: ""}
        tls: {enabled: false, existingSecret: "", certManager: {enabled: false}}
        serviceAccount: {create: true, name: ""}
        metrics: {serviceMonitor: {enabled: false}, podMonitor: {enabled: false}, prometheusRule: {enabled: false}}
        test: {resources: {requests: {cpu: 100m, memory: 256Mi}, limits: {memory: 1Gi}}}
        """;

    /// <summary>Reads values files over the chart's defaults; later ones win, lists as a whole.</summary>
    /// <exception cref="UsageException">A file is missing, or no YAML mapping.</exception>
    public static ChartWishes Wishes(IEnumerable<string> files)
    {
        var values = Parse("the defaults", Defaults);
        foreach (var file in files)
        {
            Merge(values, Parse(file, Text(file)));
        }

        return Read(values);
    }

    private static ChartWishes Read(YamlMappingNode values)
    {
        Dictionary<string, int> gpus = [];
        HashSet<string> classes = [];
        var keda = false;
        if (values.Is("coordinator", "persistence", "enabled") && values.Text("coordinator", "persistence", "existingClaim").Length == 0)
        {
            classes.Add(values.Text("coordinator", "persistence", "storageClass"));
        }

        foreach (var pool in values.Items("workers", "pools"))
        {
            keda |= pool.Text("autoscaling", "kind") == "keda";
            Count(gpus, pool);
            if (pool.Is("cache", "persistent"))
            {
                classes.Add(pool.Text("cache", "storageClass"));
            }
        }

        var evaluator = values.At("evaluator");
        if (evaluator is not null && evaluator.Is("enabled"))
        {
            Count(gpus, evaluator);
        }

        var monitors = new[] { "serviceMonitor", "podMonitor", "prometheusRule" }.Any(kind => values.Is("metrics", kind, "enabled"));
        return new ChartWishes(gpus, classes, monitors, values.Is("tls", "certManager", "enabled"), keda, ChartNames.Of(values), ChartContainers.Of(values));
    }

    private static void Count(Dictionary<string, int> gpus, YamlNode owner)
    {
        if (owner.Text("device") == "cuda")
        {
            var resource = owner.Text("gpuResource") is { Length: > 0 } named ? named : DefaultGpu;
            var replicas = int.TryParse(owner.Text("replicas"), NumberStyles.None, CultureInfo.InvariantCulture, out var count) ? count : 1;
            gpus[resource] = gpus.GetValueOrDefault(resource) + replicas;
        }
    }

    private static void Merge(YamlMappingNode under, YamlMappingNode over)
    {
        foreach (var (key, value) in over.Children)
        {
            if (value is YamlMappingNode inner && under.Children.TryGetValue(key, out var existing) && existing is YamlMappingNode target)
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
            // Not PlainYaml: the file is the caller's own, Helm takes anchors in it, and an affinity is nested deeper than a spec may be.
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

/// <summary>The objects that values name and the chart does not make.</summary>
internal static class ChartNames
{
    private const string Secrets = "secrets", ConfigMaps = "configmaps", Claims = "persistentvolumeclaims";

    public static IReadOnlyList<NamedObject> Of(YamlNode values) =>
    [
        .. Release(values).Concat(ChartContainers.Components(values).SelectMany(component => Pod(component.Field, component.Values)))
            .Where(named => named.Name.Length > 0)
            .GroupBy(named => (named.Resource, named.Name))
            .Select(group => new NamedObject(
                group.Key.Resource, group.Key.Name, string.Join(", ", group.Select(named => named.Fields).Distinct()), [.. group.SelectMany(named => named.Keys).Distinct()])),
    ];

    private static IEnumerable<NamedObject> Release(YamlNode values)
    {
        foreach (var secret in values.Items("image", "pullSecrets"))
        {
            yield return new NamedObject(Secrets, secret.Text(), "image.pullSecrets", []);
        }

        if (values.Text("clustering", "mode") != "none")
        {
            yield return new NamedObject(Secrets, values.Text("postgres", "existingSecret"), "postgres.existingSecret", [values.Text("postgres", "key")]);
        }

        if (values.Is("auth", "enabled"))
        {
            yield return new NamedObject(Secrets, values.Text("auth", "existingSecret"), "auth.existingSecret", ["tokens.yaml", "worker-token", "submit-token"]);
        }

        if (values.Is("tls", "enabled") && !values.Is("tls", "certManager", "enabled"))
        {
            yield return new NamedObject(Secrets, values.Text("tls", "existingSecret"), "tls.existingSecret", ["tls.crt", "tls.key", "ca.crt"]);
        }

        if (values.Is("coordinator", "persistence", "enabled"))
        {
            yield return new NamedObject(Claims, values.Text("coordinator", "persistence", "existingClaim"), "coordinator.persistence.existingClaim", []);
        }

        yield return new NamedObject(Claims, values.Text("coordinator", "files", "existingClaim"), "coordinator.files.existingClaim", []);
        if (!values.Is("serviceAccount", "create"))
        {
            yield return new NamedObject("serviceaccounts", values.Text("serviceAccount", "name"), "serviceAccount.name", []);
        }
    }

    private static IEnumerable<NamedObject> Pod(string field, YamlNode? values)
    {
        yield return new NamedObject("runtimeclasses.node.k8s.io", values.Text("runtimeClassName"), $"{field}: runtimeClassName", []);
        yield return new NamedObject("priorityclasses.scheduling.k8s.io", values.Text("priorityClassName"), $"{field}: priorityClassName", []);
        foreach (var variable in values.Items("extraEnv"))
        {
            foreach ((var kind, var resource) in new[] { ("secretKeyRef", Secrets), ("configMapKeyRef", ConfigMaps) })
            {
                if (variable.At("valueFrom", kind) is { } reference && !reference.Is("optional"))
                {
                    yield return new NamedObject(resource, reference.Text("name"), $"{field}: extraEnv", [reference.Text("key")]);
                }
            }
        }
    }
}

/// <summary>Values by their place. What is not there is empty.</summary>
internal static class YamlPath
{
    public static YamlNode? At(this YamlNode? node, params string[] path)
    {
        foreach (var key in path)
        {
            node = node is YamlMappingNode mapping && mapping.Children.TryGetValue(new YamlScalarNode(key), out var inner) ? inner : null;
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
