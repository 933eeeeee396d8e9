namespace ProjectedGan.Cli.Diagnostics.Kubernetes;

/// <summary>What to look at.</summary>
/// <param name="Namespace">Null takes the context's.</param>
/// <param name="Context">A context of the kubeconfig; null takes the current one.</param>
/// <param name="Release">A Helm release; null takes every release of the chart in the namespace.</param>
/// <param name="Values">Files of the chart's values; later ones win.</param>
internal sealed record ClusterTarget(string? Namespace, string? Context, string? Release, IReadOnlyList<string> Values);
