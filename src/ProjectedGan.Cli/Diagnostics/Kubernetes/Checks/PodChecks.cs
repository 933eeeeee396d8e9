using ProjectedGan.Cli.Diagnostics.Kubernetes.Objects;

namespace ProjectedGan.Cli.Diagnostics.Kubernetes.Checks;

/// <summary>Pods that do not run, and why. Pods with the same trouble share a line.</summary>
internal static class PodChecks
{
    private const int ManyRestarts = 3;

    /// <param name="pods">The release's.</param>
    /// <param name="events">In the order of their times.</param>
    /// <param name="lastLines">What crashing pods said last.</param>
    public static IEnumerable<Finding> Judge(IReadOnlyList<Pod> pods, IReadOnlyList<ClusterEvent> events, IReadOnlyDictionary<string, string> lastLines)
    {
        // The same trouble says each pod's own name, and each process's last line its own time.
        var judged = pods.Where(pod => pod.Status?.Phase != "Succeeded").GroupBy(pod =>
        {
            var finding = Judge(pod, events, new Dictionary<string, string>());
            return finding with { Text = finding.Text.Replace(pod.Metadata.Name, "", StringComparison.Ordinal) };
        });
        foreach (var group in judged)
        {
            var shown = Judge(group.First(), events, lastLines);
            var names = string.Join(", ", group.Select(pod => pod.Metadata.Name));
            yield return shown with { Text = shown.Level == FindingLevel.Ok ? $"{group.Count()} running and ready" : $"{names}: {shown.Text}" };
        }
    }

    /// <summary>Pods that a quota, a limit or a policy refuses are missing altogether; only their owner tells.</summary>
    /// <param name="workloads">The release's.</param>
    /// <param name="pods">Those that are there.</param>
    /// <param name="events">In the order of their times.</param>
    public static IEnumerable<Finding> Missing(IReadOnlyList<Workload> workloads, IReadOnlyList<Pod> pods, IReadOnlyList<ClusterEvent> events)
    {
        // A pool's name may begin with another's.
        string? Owner(string? name) => workloads.Select(workload => workload.Metadata.Name)
            .Where(workload => name == workload || name?.StartsWith($"{workload}-", StringComparison.Ordinal) == true).MaxBy(workload => workload.Length);
        var present = pods.ToLookup(pod => Owner(pod.Metadata.Name));
        foreach (var workload in workloads.Where(workload => present[workload.Metadata.Name].Count() < (workload.Spec?.Replicas ?? 1)))
        {
            // An event outlives its cause by an hour, and each try has one of its own: the newest says what holds.
            var newest = events.LastOrDefault(item => item is { Reason: "FailedCreate" or "SuccessfulCreate", InvolvedObject: { Kind: "StatefulSet" or "ReplicaSet" } about }
                && Owner(about.Name) == workload.Metadata.Name);
            if (newest?.Reason == "FailedCreate")
            {
                yield return Finding.Bad(
                    "pods", $"{workload.Metadata.Name}: {newest.Message}", "A quota, a limit or a policy of the namespace refuses the pod: have it changed, or use another namespace.");
            }
        }
    }

    /// <summary>Whether its last words are worth reading.</summary>
    public static bool IsCrashing(Pod pod) => Containers(pod).Any(container => container.State?.Waiting?.Reason == "CrashLoopBackOff");

    private static Finding Judge(Pod pod, IReadOnlyList<ClusterEvent> events, IReadOnlyDictionary<string, string> lastLines)
    {
        if (pod.Status?.Conditions?.FirstOrDefault(condition => condition is { Type: "PodScheduled", Status: "False" }) is { } unscheduled)
        {
            var message = unscheduled.Message ?? unscheduled.Reason ?? "no reason given";
            return Finding.Bad("pods", $"cannot be scheduled: {message}", SchedulingRemedy(message));
        }

        if (pod.Status?.Phase == "Failed")
        {
            return Finding.Bad("pods", $"failed: {pod.Status.Reason ?? "no reason given"} {pod.Status.Message}", "'kubectl describe pod' and 'kubectl logs' say more.");
        }

        foreach (var container in Containers(pod))
        {
            if (Trouble(pod, container, events, lastLines) is { } trouble)
            {
                return trouble;
            }
        }

        return Containers(pod).All(container => container.Ready) && Containers(pod).Any()
            ? Finding.Good("pods", "")
            : Finding.Odd("pods", "starting, not ready yet", "Look again in a minute; 'kubectl describe pod' tells of failing probes.");
    }

    private static Finding? Trouble(Pod pod, ContainerStatus container, IReadOnlyList<ClusterEvent> events, IReadOnlyDictionary<string, string> lastLines)
    {
        var last = container.LastState?.Terminated;
        var waiting = container.State?.Waiting;
        switch (waiting?.Reason)
        {
            case "ImagePullBackOff" or "ErrImagePull" or "InvalidImageName" or "ErrImageNeverPull":
                return Finding.Bad("pods", $"{waiting.Reason}: {waiting.Message}", "Correct image.repository and image.tag, push the image, or name the registry's secret in image.pullSecrets.");
            case "CrashLoopBackOff" when last?.Reason == "OOMKilled":
                return Finding.Bad("pods", "killed again and again for its memory", "Raise resources.limits.memory, or lower the replica batch.");
            case "CrashLoopBackOff":
                var said = lastLines.TryGetValue(pod.Metadata.Name, out var line) ? $", and said last: {line}" : "";
                return Finding.Bad("pods", $"ends again and again with exit code {last?.ExitCode}{said}", "'kubectl logs --previous' has the rest.");
            case "CreateContainerConfigError" or "CreateContainerError" or "RunContainerError":
                return Finding.Bad("pods", $"{waiting.Reason}: {waiting.Message}", "A secret or a key is missing: see auth.existingSecret, tls.existingSecret and postgres.existingSecret.");
            case "ContainerCreating" or "PodInitializing":
                return events.LastOrDefault(item => item.InvolvedObject?.Name == pod.Metadata.Name) is not { Reason: "FailedMount" or "FailedAttachVolume" } mount
                    ? null : Finding.Bad("pods", $"a volume cannot be mounted: {mount.Message}", "Make the secret or the claim that it names; cert-manager makes certificates within a minute.");
        }

        return container.RestartCount >= ManyRestarts
            ? Finding.Odd("pods", $"restarted {container.RestartCount} times, at last for {last?.Reason ?? "an unknown reason"} (exit code {last?.ExitCode})", "'kubectl logs --previous' and docs/runbooks.md, ProjectedGanWorkerFlapping.")
            : null;
    }

    private static string SchedulingRemedy(string message)
    {
        bool Says(string words) => message.Contains(words, StringComparison.OrdinalIgnoreCase);
        if (Says("unbound") || Says("persistentvolumeclaim"))
        {
            return "See its volume.";
        }

        if (Says("untolerated taint"))
        {
            return "Add the taint to the pool's tolerations, or remove it from the node.";
        }

        if (Says("node affinity") || Says("node selector"))
        {
            return "No node has the labels of nodeSelector or affinity: 'kubectl get nodes --show-labels' lists them.";
        }

        if (Says("Insufficient cpu") || Says("Insufficient memory") || Says("Insufficient ephemeral-storage"))
        {
            return "Lower resources.requests, or add nodes.";
        }

        return Says("Insufficient")
            ? "All GPUs are taken or none is offered: see GPUs above; lower replicas, or add nodes."
            : "'kubectl describe pod' has the scheduler's words for each node.";
    }

    private static IEnumerable<ContainerStatus> Containers(Pod pod) =>
        (pod.Status?.InitContainerStatuses ?? []).Where(container => container.State?.Terminated is not { ExitCode: 0 }).Concat(pod.Status?.ContainerStatuses ?? []);
}
