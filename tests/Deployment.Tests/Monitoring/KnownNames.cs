using System.Text.RegularExpressions;
using Deployment.Tests.Tools;

namespace Deployment.Tests.Monitoring;

/// <summary>Metrics and labels that an expression may name.</summary>
internal static partial class KnownNames
{
    // Other exporters' metrics, by what shows them. An expression on one of them gives nothing where it is not installed.
    private static readonly string[] Foreign =
    [
        // Prometheus itself.
        "up",
        // The kubelet.
        "kubelet_volume_stats_available_bytes", "kubelet_volume_stats_capacity_bytes",
        // node_exporter.
        "node_filesystem_avail_bytes", "node_filesystem_size_bytes",
        // dcgm-exporter, with its default counters.
        "DCGM_FI_DEV_GPU_UTIL", "DCGM_FI_DEV_FB_USED", "DCGM_FI_DEV_FB_FREE", "DCGM_FI_DEV_GPU_TEMP", "DCGM_FI_DEV_POWER_USAGE",
    ];

    // Labels of targets, of histograms and of the metrics above.
    private static readonly string[] OtherLabels =
    [
        "job", "instance", "namespace", "pod", "le", "otel_scope_name", "persistentvolumeclaim", "mountpoint", "fstype", "name", "gpu",
        "alertname", "alertstate", "severity",
    ];

    private static readonly Lazy<HashSet<string>> Golden = new(() => [.. File.ReadAllLines(Repository.At("tests", "ProjectedGan.Telemetry.Tests", "Golden", "names.txt")), "pgan_storage_operation_duration_seconds"]);

    private static readonly Lazy<string> Documentation = new(() => File.ReadAllText(Repository.At("docs", "metrics.md")));

    public static bool IsForeign(string metric) => Foreign.Contains(metric) && metric != "up";

    /// <summary>Fails on a metric that no node and no known exporter shows, and on a label that no metric bears.</summary>
    /// <param name="expression">PromQL.</param>
    /// <param name="where">Whose expression it is.</param>
    /// <param name="recorded">Names that recording rules make.</param>
    public static void AssertKnown(string expression, string where, IReadOnlySet<string> recorded)
    {
        var names = QueryNames.Of(expression);
        Assert.True(names.Metrics.Count > 0, $"{where}: no metric in '{expression}'.");
        Assert.All(names.Metrics, metric => Assert.True(
            Golden.Value.Contains(metric) || Golden.Value.Contains(Suffix().Replace(metric, "")) || Foreign.Contains(metric) || recorded.Contains(metric),
            $"{where}: nothing shows a metric named '{metric}'. Ours are those of names.txt; other exporters' are listed in {nameof(KnownNames)}."));
        Assert.All(names.Labels, label => AssertKnownLabel(label, where));
    }

    public static void AssertKnownLabel(string label, string where) => Assert.True(
        OtherLabels.Contains(label) || Documentation.Value.Contains($"`{label}`", StringComparison.Ordinal), $"{where}: docs/metrics.md knows no label '{label}'.");

    [GeneratedRegex("_(sum|count|bucket)$")]
    private static partial Regex Suffix();
}
