using ProjectedGan.Cli.Diagnostics.Kubernetes.Objects;

namespace ProjectedGan.Cli.Diagnostics.Kubernetes.Checks;

/// <summary>Objects that the values name: a pod that misses one is refused or never starts.</summary>
internal static class NamedObjectChecks
{
    private const string Subject = "named objects";

    private static readonly Dictionary<string, string> Kinds = new()
    {
        ["secrets"] = "secret",
        ["configmaps"] = "ConfigMap",
        ["persistentvolumeclaims"] = "claim",
        ["serviceaccounts"] = "service account",
        ["runtimeclasses.node.k8s.io"] = "RuntimeClass",
        ["priorityclasses.scheduling.k8s.io"] = "PriorityClass",
    };

    public static IEnumerable<Finding> Judge(IReadOnlyList<(NamedObject Named, KubectlAnswer<IReadOnlyList<KeyedObject>> Answer)> all, string @namespace)
    {
        var found = 0;
        foreach (var (named, answer) in all)
        {
            if (Judge(named, answer, @namespace) is { } trouble)
            {
                yield return trouble;
            }
            else
            {
                found++;
            }
        }

        if (found > 0)
        {
            yield return Finding.Good(Subject, $"{found} that the values name {(found == 1 ? "is" : "are")} there");
        }
    }

    private static Finding? Judge(NamedObject named, KubectlAnswer<IReadOnlyList<KeyedObject>> answer, string @namespace)
    {
        var what = $"{named.Fields}: the {Kinds[named.Resource]} '{named.Name}'";
        if (answer.Error is { } error)
        {
            return Finding.Odd(Subject, $"{what} cannot be looked for: {error}", "Ask somebody who may whether it is there.");
        }

        if (answer.Value is not [{ } item, ..])
        {
            return Finding.Bad(Subject, $"{what} does not exist (namespace {@namespace})", "Make it first, or correct the value.");
        }

        string[] missing = [.. named.Keys.Where(key => item.Data?.ContainsKey(key) != true && item.BinaryData?.ContainsKey(key) != true)];
        return missing.Length == 0 ? null : Finding.Bad(Subject, $"{what} lacks {string.Join(", ", missing)}", "Make it anew with these keys, or correct the value.");
    }
}

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
