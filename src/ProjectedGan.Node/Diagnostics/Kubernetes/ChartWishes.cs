using System.Globalization;
using ProjectedGan.Node.Diagnostics.Kubernetes.Objects;

namespace ProjectedGan.Node.Diagnostics.Kubernetes;

/// <summary>What a release asks of a cluster.</summary>
/// <param name="Gpus">How many of each extended resource, such as <c>nvidia.com/gpu</c>.</param>
/// <param name="StorageClasses">Names of storage classes; the empty one is the cluster's default.</param>
/// <param name="PrometheusOperator">Whether it has ServiceMonitors, PodMonitors or PrometheusRules.</param>
/// <param name="CertManager">Whether cert-manager is to make its certificates.</param>
/// <param name="Keda">Whether a pool is scaled by KEDA.</param>
internal sealed record ChartWishes(
    IReadOnlyDictionary<string, int> Gpus, IReadOnlyCollection<string> StorageClasses, bool PrometheusOperator, bool CertManager, bool Keda)
{
    /// <summary>What an installed release asks for. Its claims speak for themselves, and what needs an operator could not have been made without it.</summary>
    public static ChartWishes OfWorkloads(IEnumerable<Workload> workloads)
    {
        Dictionary<string, int> gpus = [];
        foreach (Workload workload in workloads)
        {
            foreach ((string resource, string count) in (workload.Spec?.Template?.Spec?.Containers ?? []).SelectMany(container => container.Resources?.Limits ?? new Dictionary<string, string>()))
            {
                if (resource.Contains('/', StringComparison.Ordinal) && int.TryParse(count, NumberStyles.None, CultureInfo.InvariantCulture, out int each))
                {
                    gpus[resource] = gpus.GetValueOrDefault(resource) + (each * (workload.Spec!.Replicas ?? 1));
                }
            }
        }

        return new ChartWishes(gpus, [], PrometheusOperator: false, CertManager: false, Keda: false);
    }
}
