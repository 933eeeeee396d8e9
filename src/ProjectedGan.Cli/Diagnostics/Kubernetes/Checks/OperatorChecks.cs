using ProjectedGan.Cli.Diagnostics.Kubernetes.Objects;

namespace ProjectedGan.Cli.Diagnostics.Kubernetes.Checks;

/// <summary>Operators that the chart can use. Each is known by the API group of its kinds.</summary>
internal static class OperatorChecks
{
    public static IEnumerable<Finding> Judge(KubectlAnswer<ApiGroups> answer, ChartWishes wishes)
    {
        if (answer.Error is not null)
        {
            yield return Finding.Odd("operators", $"kubectl says: {answer.Error}", "Which operators are there was not found out.");
            yield break;
        }

        HashSet<string> groups = [.. (answer.Value!.Groups ?? []).Select(group => group.Name)];
        yield return Judge(
            groups.Contains("monitoring.coreos.com"),
            "Prometheus operator",
            wishes.PrometheusOperator,
            "Install it, or switch metrics.serviceMonitor, podMonitor and prometheusRule off.",
            "The chart installs without ServiceMonitors and alerts: leave metrics.* off, and let Prometheus scrape port 9464 of the pods.");
        yield return Judge(
            groups.Contains("cert-manager.io"), "cert-manager", wishes.CertManager, "Install it, or give certificates in tls.existingSecret.", "Only tls.certManager.enabled needs it; tls.existingSecret does without.");
        yield return Judge(
            groups.Contains("keda.sh"), "KEDA", wishes.Keda, "Install it, or set the pool's autoscaling.kind to none or hpa.", "Only autoscaling.kind keda needs it.");
    }

    private static Finding Judge(bool isThere, string name, bool isWanted, string remedy, string without) => (isThere, isWanted) switch
    {
        (true, _) => Finding.Good(name, "installed"),
        (false, true) => Finding.Bad(name, "The values ask for it, and its custom resources are missing", remedy),
        // What nobody asked for is worth a word only where something is lost without it.
        _ when name == "Prometheus operator" => Finding.Odd(name, "Not installed", without),
        _ => Finding.Good(name, $"not installed. {without}"),
    };
}
