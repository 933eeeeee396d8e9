using System.Globalization;
using ProjectedGan.Cli.Diagnostics.Kubernetes.Objects;

namespace ProjectedGan.Cli.Diagnostics.Kubernetes.Checks;

/// <summary>Machines and the GPUs that they offer.</summary>
internal static class NodeChecks
{
    // Set by the GPU operator's and the general feature discovery: the card is there, whether or not it is offered. 10de is NVIDIA.
    private static readonly string[] CardLabels = ["nvidia.com/gpu.present", "feature.node.kubernetes.io/pci-10de.present", "feature.node.kubernetes.io/pci-0302_10de.present"];

    public static IEnumerable<Finding> Judge(KubectlAnswer<IReadOnlyList<ClusterNode>> answer, IReadOnlyDictionary<string, int> wanted)
    {
        if (answer.Error is not null)
        {
            yield return Finding.Odd("nodes", $"They cannot be listed: {answer.Error}", "GPUs were not counted; an administrator of the cluster can.");
            yield break;
        }

        var all = answer.Value!;
        ClusterNode[] usable = [.. all.Where(IsUsable)];
        yield return usable.Length switch
        {
            0 => Finding.Bad("nodes", $"None of {all.Count} is ready and takes pods", "'kubectl describe nodes' says why."),
            _ when usable.Length < all.Count => Finding.Odd("nodes", $"{usable.Length} of {all.Count} are ready and take pods", "'kubectl get nodes' names the others."),
            _ => Finding.Good("nodes", $"{all.Count} ready"),
        };
        if (wanted.Count == 0)
        {
            yield return Finding.Good("GPUs", "none is asked for");
        }

        foreach ((var resource, var count) in wanted)
        {
            yield return Gpus(usable, resource, count);
        }
    }

    private static bool IsUsable(ClusterNode node) =>
        node.Spec?.Unschedulable != true && node.Status?.Conditions?.Any(condition => condition is { Type: "Ready", Status: "True" }) == true;

    private static Finding Gpus(ClusterNode[] nodes, string resource, int wanted)
    {
        var offered = nodes.Sum(node => Count(node.Status?.Allocatable, resource));
        if (offered > 0)
        {
            return offered >= wanted
                ? Finding.Good("GPUs", $"{offered} {resource} on {nodes.Count(node => Count(node.Status?.Allocatable, resource) > 0)} node(s); {wanted} asked for")
                : Finding.Odd("GPUs", $"{wanted} {resource} are asked for, and all nodes together offer {offered}", "Pods beyond that stay Pending: lower replicas (workers.pools, evaluator), or add nodes.");
        }

        var unhealthy = nodes.Count(node => Count(node.Status?.Capacity, resource) > 0);
        if (unhealthy > 0)
        {
            return Finding.Bad("GPUs", $"{unhealthy} node(s) have {resource}, and all of them are unhealthy", "The device plugin's log on those nodes says why; often the driver must be loaded again.");
        }

        var cards = nodes.Count(node => CardLabels.Any(label => node.Metadata.Labels?.GetValueOrDefault(label) == "true"));
        if (cards > 0)
        {
            return Finding.Bad("GPUs", $"{cards} node(s) hold an NVIDIA card, and no node offers {resource}", "Driver or device plugin do not run there: see the pods of the GPU operator's namespace.");
        }

        string[] others = [.. nodes.SelectMany(node => node.Status?.Allocatable?.Keys ?? []).Where(name => name.Contains('/', StringComparison.Ordinal) && !name.StartsWith("hugepages", StringComparison.Ordinal)).Distinct().Order(StringComparer.Ordinal)];
        return Finding.Bad(
            "GPUs",
            $"No node offers {resource}{(others.Length == 0 ? "" : $"; they offer {string.Join(", ", others)}")}",
            "Install the GPU operator or the NVIDIA device plugin, correct gpuResource, or use CPU pools (helm/projectedgan/examples/trial-cpu.yaml).");
    }

    private static int Count(IReadOnlyDictionary<string, string>? resources, string name) =>
        resources is not null && resources.TryGetValue(name, out var text) && int.TryParse(text, NumberStyles.None, CultureInfo.InvariantCulture, out var count) ? count : 0;
}
