using ProjectedGan.Cli.Diagnostics.Kubernetes;
using ProjectedGan.Cli.Diagnostics.Kubernetes.Checks;
using ProjectedGan.Cli.Diagnostics.Kubernetes.Objects;
using ProjectedGan.Foundation;

namespace ProjectedGan.Cli.Diagnostics;

/// <summary>Looks at a cluster before and after an installation, through kubectl, and changes nothing in it.</summary>
internal static class ClusterDoctor
{
    /// <summary>All findings, in the order of the report. A cluster that does not answer has no others.</summary>
    public static async Task<IReadOnlyList<Finding>> ExamineAsync(ClusterTarget target, CancellationToken cancellation)
    {
        // Wrong files are told before anything is asked.
        var given = target.Values.Count == 0 ? null : ChartValues.Wishes(target.Values);
        if (Programs.Find("kubectl") is not { } program)
        {
            return [Finding.Bad("kubectl", "It is not on the PATH", "Install it: the doctor asks the cluster through your own kubectl.")];
        }

        Kubectl kubectl = new(program, target.Context);
        var connection = ConnectionCheck.Judge(await kubectl.AskAsync<VersionAnswer>(cancellation, "version", "--output", "json"));
        if (connection.Level == FindingLevel.Fail)
        {
            return [connection];
        }

        var space = target.Namespace ?? await NamespaceAsync(kubectl, cancellation);
        // Anybody may ask for the version: this is the first question that needs a login.
        var reviews = await kubectl.ReviewAsync<AccessReview>(PermissionCheck.Reviews(space), cancellation);
        if (reviews.Error is { } refusal && !reviews.IsForbidden)
        {
            return [connection, ConnectionCheck.Bad(refusal)];
        }

        return [connection, PermissionCheck.Judge(reviews, space), .. await LookAsync(kubectl, target, space, given, cancellation)];
    }

    private static async Task<IEnumerable<Finding>> LookAsync(Kubectl kubectl, ClusterTarget target, string space, ChartWishes? given, CancellationToken cancellation)
    {
        string[] ours = ["--namespace", space, "--selector", target.Release is null ? "app.kubernetes.io/name=projectedgan" : $"app.kubernetes.io/instance={target.Release}"];
        var nodes = kubectl.ListAsync<ClusterNode>(cancellation, "nodes");
        var classes = kubectl.ListAsync<StorageClass>(cancellation, "storageclasses");
        var groups = kubectl.AskAsync<ApiGroups>(cancellation, "get", "--raw", "/apis");
        var workloads = kubectl.ListAsync<Workload>(cancellation, ["statefulsets,deployments", .. ours]);
        var pods = kubectl.ListAsync<Pod>(cancellation, ["pods", .. ours]);
        var claims = kubectl.ListAsync<Claim>(cancellation, ["persistentvolumeclaims", .. ours]);
        var events = kubectl.ListAsync<ClusterEvent>(cancellation, "events", "--namespace", space);
        var quotas = kubectl.ListAsync<ResourceQuota>(cancellation, "resourcequotas", "--namespace", space);
        var ranges = kubectl.ListAsync<LimitRange>(cancellation, "limitranges", "--namespace", space);
        await Task.WhenAll(nodes, classes, groups, workloads, pods, claims, events, quotas, ranges);

        var isInstalled = (await workloads).Value is { Count: > 0 };
        var wishes = given ?? (isInstalled ? ChartWishes.OfWorkloads((await workloads).Value!) : ChartValues.Wishes([]));
        List<Finding> findings =
        [
            .. NodeChecks.Judge(await nodes, wishes.Gpus),
            StorageChecks.Classes(await classes, wishes.StorageClasses),
            .. NamedObjectChecks.Judge(await FindAsync(kubectl, space, wishes.Objects, cancellation), space),
            .. wishes.Containers.Count == 0 ? [] : QuotaChecks.Judge(await quotas, await ranges, wishes.Containers),
            .. OperatorChecks.Judge(await groups, wishes),
            Release(await workloads, await pods, target, space),
        ];
        if (isInstalled)
        {
            // The server lists them by name.
            IReadOnlyList<ClusterEvent> told = [.. ((await events).Value ?? []).OrderBy(item => item.Time)];
            var present = (await pods).Value ?? [];
            findings.AddRange(StorageChecks.Claims(await claims, told));
            findings.AddRange(PodChecks.Missing((await workloads).Value!, present, told));
            findings.AddRange(PodChecks.Judge(present, told, await LastLinesAsync(kubectl, space, present, cancellation)));
        }

        return findings;
    }

    // One by one, so that of secrets no others are read.
    private static async Task<(NamedObject, KubectlAnswer<IReadOnlyList<KeyedObject>>)[]> FindAsync(
        Kubectl kubectl, string space, IReadOnlyList<NamedObject> wanted, CancellationToken cancellation) => await Task.WhenAll(wanted.Select(async named =>
        (named, await kubectl.ListAsync<KeyedObject>(cancellation, named.Resource, "--namespace", space, "--field-selector", $"metadata.name={named.Name}"))));

    private static Finding Release(KubectlAnswer<IReadOnlyList<Workload>> workloads, KubectlAnswer<IReadOnlyList<Pod>> pods, ClusterTarget target, string space)
    {
        if ((workloads.Error ?? pods.Error) is { } error)
        {
            return Finding.Odd("release", $"Its objects cannot be listed: {error}", "Ask for the cluster role 'view' in the namespace.");
        }

        if (workloads.Value!.Count > 0)
        {
            return Finding.Good("release", $"{workloads.Value.Count} workloads, {pods.Value!.Count} pods in namespace {space}");
        }

        return target.Release is null
            ? Finding.Good("release", $"none in namespace {space} yet; --release finds one with a nameOverride")
            : Finding.Bad("release", $"There is no release '{target.Release}' in namespace {space}", "'helm list --all-namespaces' names the releases; --namespace says where to look.");
    }

    private static async Task<string> NamespaceAsync(Kubectl kubectl, CancellationToken cancellation)
    {
        // Inside a pod there is no kubeconfig, and no context either.
        var view = (await kubectl.AskAsync<ConfigView>(cancellation, "config", "view", "--minify", "--output", "json")).Value;
        return view?.Contexts is [{ Context.Namespace: { Length: > 0 } chosen }, ..] ? chosen : "default";
    }

    // One line is what pgan says when it cannot start.
    private static async Task<Dictionary<string, string>> LastLinesAsync(Kubectl kubectl, string space, IReadOnlyList<Pod> pods, CancellationToken cancellation)
    {
        Dictionary<string, string> lines = [];
        foreach (var pod in pods.Where(PodChecks.IsCrashing))
        {
            var log = await kubectl.TextAsync(cancellation, "logs", pod.Metadata.Name, "--namespace", space, "--previous", "--tail", "5");
            if (log.Value?.Split('\n', StringSplitOptions.RemoveEmptyEntries | StringSplitOptions.TrimEntries).LastOrDefault() is { } line)
            {
                lines[pod.Metadata.Name] = line;
            }
        }

        return lines;
    }
}
