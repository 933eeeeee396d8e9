using ProjectedGan.Cli.Diagnostics.Kubernetes.Objects;

namespace ProjectedGan.Cli.Diagnostics.Kubernetes.Checks;

/// <summary>Storage classes and the release's claims.</summary>
internal static class StorageChecks
{
    public static Finding Classes(KubectlAnswer<IReadOnlyList<StorageClass>> answer, IReadOnlyCollection<string> wanted)
    {
        if (answer.Error is not null)
        {
            return Finding.Odd("storage", $"Storage classes cannot be listed: {answer.Error}", "An administrator of the cluster knows them.");
        }

        IReadOnlyList<StorageClass> classes = answer.Value!;
        string[] names = [.. classes.Select(item => item.Metadata.Name)];
        string known = names.Length == 0 ? "There is none at all" : $"There are {string.Join(", ", names)}";
        if (wanted.FirstOrDefault(name => name.Length > 0 && !names.Contains(name)) is { } unknown)
        {
            return Finding.Bad("storage", $"The values name the storage class '{unknown}', which does not exist. {known}", "Correct storageClass.");
        }

        if (classes.FirstOrDefault(IsDefault) is { } preset)
        {
            return Finding.Good("storage", $"{string.Join(", ", names)}; default {preset.Metadata.Name}");
        }

        const string Remedy = "Name one in coordinator.persistence.storageClass (and cache.storageClass of persistent pools), use an existingClaim, or mark one as default.";
        return wanted.Contains("")
            ? Finding.Bad("storage", $"No storage class is the default. {known}", Remedy)
            : Finding.Odd("storage", $"No storage class is the default. {known}", "Claims must name theirs.");
    }

    /// <param name="answer">The claims.</param>
    /// <param name="events">In the order of their times.</param>
    public static IEnumerable<Finding> Claims(KubectlAnswer<IReadOnlyList<Claim>> answer, IReadOnlyList<ClusterEvent> events)
    {
        foreach (Claim claim in answer.Value ?? [])
        {
            string name = claim.Metadata.Name;
            if (claim.Status?.Phase == "Bound")
            {
                continue;
            }

            // Whoever waits beside the one that fails tells so again and again.
            ClusterEvent? newest = events.LastOrDefault(item => IsAbout(item, name) && item.Type == "Warning") ?? events.LastOrDefault(item => IsAbout(item, name));
            string why = newest?.Message ?? "no event says why";
            yield return claim.Status?.Phase == "Pending" && why.Contains("waiting for first consumer", StringComparison.OrdinalIgnoreCase)
                ? Finding.Odd("volumes", $"Claim {name} waits for its pod to be scheduled", "What keeps the pod keeps the claim as well.")
                : Finding.Bad("volumes", $"Claim {name} is {claim.Status?.Phase ?? "of unknown state"}: {why}", ClaimRemedy(claim, why));
        }
    }

    private static bool IsAbout(ClusterEvent item, string claim) => item.InvolvedObject is { Kind: "PersistentVolumeClaim" } about && about.Name == claim;

    private static string ClaimRemedy(Claim claim, string why)
    {
        if (string.IsNullOrEmpty(claim.Spec?.StorageClassName) || why.Contains("no storage class", StringComparison.OrdinalIgnoreCase))
        {
            return "Name a storage class in coordinator.persistence.storageClass and install anew: a claim's class cannot be changed.";
        }

        return claim.Spec.AccessModes?.Contains("ReadWriteMany") == true
            ? $"Does the storage class '{claim.Spec.StorageClassName}' offer ReadWriteMany, which several coordinators need?"
            : $"'kubectl describe pvc {claim.Metadata.Name}' and the log of the provisioner of '{claim.Spec.StorageClassName}' say more.";
    }

    private static bool IsDefault(StorageClass item) => item.Metadata.Annotations?.GetValueOrDefault("storageclass.kubernetes.io/is-default-class") == "true";
}
