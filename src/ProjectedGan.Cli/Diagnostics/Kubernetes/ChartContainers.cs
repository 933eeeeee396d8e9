using System.Globalization;
using ProjectedGan.Cli.Diagnostics.Kubernetes.Objects;
using YamlDotNet.RepresentationModel;

namespace ProjectedGan.Cli.Diagnostics.Kubernetes;

/// <summary>The kinds of pods that values describe.</summary>
internal static class ChartContainers
{
    private static readonly IReadOnlyDictionary<string, string> Nothing = new Dictionary<string, string>();

    public static IReadOnlyList<ContainerWish> Of(YamlNode values) => [.. Components(values).Select(component => Wish(component.Field, component.Values))];

    /// <summary>What describes each kind of pod, and where.</summary>
    public static IEnumerable<(string Field, YamlNode? Values)> Components(YamlNode values)
    {
        yield return ("coordinator", values.At("coordinator"));
        foreach (var pool in values.Items("workers", "pools"))
        {
            yield return ($"workers.pools '{pool.Text("name")}'", pool);
        }

        if (values.Is("evaluator", "enabled"))
        {
            yield return ("evaluator", values.At("evaluator"));
        }

        yield return ("test", values.At("test"));
    }

    private static ContainerWish Wish(string field, YamlNode? values)
    {
        if (values.At("resources") is not null)
        {
            return new ContainerWish(field, values.Texts("resources", "requests"), values.Texts("resources", "limits"));
        }

        // As templates/workers/_pool.tpl has them.
        return values.Text("device") switch
        {
            "cuda" => new(field, Quantities("4", "16Gi"), new Dictionary<string, string> { ["memory"] = "32Gi" }),
            "cpu" => new(field, Quantities("4", "8Gi"), Quantities("4", "8Gi")),
            _ => new(field, Nothing, Nothing),
        };
    }

    private static Dictionary<string, string> Quantities(string cpu, string memory) => new() { ["cpu"] = cpu, ["memory"] = memory };
}

/// <summary>What a release asks of a cluster.</summary>
/// <param name="Gpus">How many of each extended resource, such as <c>nvidia.com/gpu</c>.</param>
/// <param name="StorageClasses">Names of storage classes; the empty one is the cluster's default.</param>
/// <param name="PrometheusOperator">Whether it has ServiceMonitors, PodMonitors or PrometheusRules.</param>
/// <param name="CertManager">Whether cert-manager is to make its certificates.</param>
/// <param name="Keda">Whether a pool is scaled by KEDA.</param>
/// <param name="Objects">What the chart does not make, and pods name.</param>
/// <param name="Containers">What each kind of pod asks for.</param>
internal sealed record ChartWishes(
    IReadOnlyDictionary<string, int> Gpus,
    IReadOnlyCollection<string> StorageClasses,
    bool PrometheusOperator,
    bool CertManager,
    bool Keda,
    IReadOnlyList<NamedObject> Objects,
    IReadOnlyList<ContainerWish> Containers)
{
    /// <summary>
    /// What an installed release asks for. Its claims and its pods speak for themselves, and what needs an operator could not have been made
    /// without it.
    /// </summary>
    public static ChartWishes OfWorkloads(IEnumerable<Workload> workloads)
    {
        Dictionary<string, int> gpus = [];
        foreach (var workload in workloads)
        {
            foreach ((var resource, var count) in (workload.Spec?.Template?.Spec?.Containers ?? []).SelectMany(container => container.Resources?.Limits ?? new Dictionary<string, string>()))
            {
                if (resource.Contains('/', StringComparison.Ordinal) && int.TryParse(count, NumberStyles.None, CultureInfo.InvariantCulture, out var each))
                {
                    gpus[resource] = gpus.GetValueOrDefault(resource) + (each * (workload.Spec!.Replicas ?? 1));
                }
            }
        }

        return new ChartWishes(gpus, [], PrometheusOperator: false, CertManager: false, Keda: false, [], []);
    }
}

/// <summary>An object that must be there under its name.</summary>
/// <param name="Resource">As kubectl calls it.</param>
/// <param name="Name">Its name.</param>
/// <param name="Fields">The values that name it.</param>
/// <param name="Keys">What it must hold.</param>
internal sealed record NamedObject(string Resource, string Name, string Fields, IReadOnlyList<string> Keys);

/// <summary>What a pod's container asks for and is bound to, by resource.</summary>
/// <param name="Field">The value that describes the pod.</param>
/// <param name="Requests">Quantities.</param>
/// <param name="Limits">Quantities.</param>
internal sealed record ContainerWish(string Field, IReadOnlyDictionary<string, string> Requests, IReadOnlyDictionary<string, string> Limits);
