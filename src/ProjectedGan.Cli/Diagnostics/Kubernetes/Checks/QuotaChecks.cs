using System.Globalization;
using ProjectedGan.Cli.Diagnostics.Kubernetes.Objects;

namespace ProjectedGan.Cli.Diagnostics.Kubernetes.Checks;

/// <summary>Quotas and limits of the namespace that refuse pods for what their containers say of themselves, however empty the cluster is.</summary>
internal static class QuotaChecks
{
    private const string Subject = "quotas";
    private static readonly string[] Resources = ["cpu", "memory"];

    public static IEnumerable<Finding> Judge(
        KubectlAnswer<IReadOnlyList<ResourceQuota>> quotas, KubectlAnswer<IReadOnlyList<LimitRange>> ranges, IReadOnlyList<ContainerWish> containers)
    {
        if ((quotas.Error ?? ranges.Error) is { } error)
        {
            return [Finding.Odd(Subject, $"They cannot be listed: {error}", "Whether they take the pods was not found out.")];
        }

        HashSet<string> bounded = [.. quotas.Value!.SelectMany(quota => quota.Spec?.Hard?.Keys ?? [])];
        LimitRangeItem[] limits = [.. ranges.Value!.SelectMany(range => range.Spec?.Limits ?? []).Where(item => item.Type == "Container")];
        Finding[] troubles =
        [
            .. from container in containers
               from resource in Resources
               from trouble in Troubles(container, resource, bounded, limits)
               group container.Field by trouble into same
               select Finding.Bad(Subject, $"{same.Key.Text}: {string.Join(", ", same)}", same.Key.Remedy),
        ];
        return troubles.Length > 0 ? troubles : [Finding.Good(Subject, quotas.Value!.Count + ranges.Value!.Count == 0 ? "none" : "pods are not refused for their requests and limits")];
    }

    // As the API server completes a container before it is counted.
    private static IEnumerable<(string Text, string Remedy)> Troubles(ContainerWish container, string resource, HashSet<string> bounded, LimitRangeItem[] limits)
    {
        string? Preset(Func<LimitRangeItem, IReadOnlyDictionary<string, string>?> read) =>
            limits.Select(item => read(item)?.GetValueOrDefault(resource)).FirstOrDefault(value => value is not null);
        string? own = container.Limits.GetValueOrDefault(resource), preset = Preset(item => item.Default), limit = own ?? preset;
        var request = container.Requests.GetValueOrDefault(resource) ?? own ?? Preset(item => item.DefaultRequest) ?? limit;
        if (own is null && preset is not null && Number(request) > Number(preset))
        {
            yield return (
                $"A LimitRange gives containers without a limit of {resource} {preset}, less than the {request} that these request, so that their pods are refused",
                $"Set their resources.limits.{resource} to {request} or more, or have the LimitRange changed.");
        }

        if (Preset(item => item.Max) is { } most && (Number(limit) > Number(most) || Number(request) > Number(most)))
        {
            yield return (
                $"A LimitRange allows containers {most} of {resource}, less than {limit ?? request}, so that their pods are refused",
                "Lower their resources, or have the LimitRange changed.");
        }

        if (limit is null && bounded.Contains($"limits.{resource}"))
        {
            yield return (
                $"A quota bounds limits.{resource}, and these have no such limit, so that their pods are refused",
                $"Set their resources.limits.{resource}, or have a LimitRange give one.");
        }

        if (request is null && (bounded.Contains($"requests.{resource}") || bounded.Contains(resource)))
        {
            yield return (
                $"A quota bounds requests.{resource}, and these request none, so that their pods are refused",
                $"Set their resources.requests.{resource}, or have a LimitRange give one.");
        }
    }

    // Comparisons with what is missing or no quantity are false.
    private static double Number(string? quantity)
    {
        var number = quantity?.TrimEnd("mkMGTPEi".ToCharArray()) ?? "";
        var factor = quantity?[number.Length..] switch
        {
            "" => 1,
            "m" => 1e-3,
            "k" => 1e3,
            "M" => 1e6,
            "G" => 1e9,
            "T" => 1e12,
            "P" => 1e15,
            "Ki" => 1L << 10,
            "Mi" => 1L << 20,
            "Gi" => 1L << 30,
            "Ti" => 1L << 40,
            "Pi" => 1L << 50,
            _ => double.NaN,
        };
        return double.TryParse(number, NumberStyles.AllowDecimalPoint, CultureInfo.InvariantCulture, out var value) ? value * factor : double.NaN;
    }
}

/// <summary>Storage classes and the release's claims.</summary>
internal static class StorageChecks
{
    public static Finding Classes(KubectlAnswer<IReadOnlyList<StorageClass>> answer, IReadOnlyCollection<string> wanted)
    {
        if (answer.Error is not null)
        {
            return Finding.Odd("storage", $"Storage classes cannot be listed: {answer.Error}", "An administrator of the cluster knows them.");
        }

        var classes = answer.Value!;
        string[] names = [.. classes.Select(item => item.Metadata.Name)];
        var known = names.Length == 0 ? "There is none at all" : $"There are {string.Join(", ", names)}";
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
        foreach (var claim in answer.Value ?? [])
        {
            var name = claim.Metadata.Name;
            if (claim.Status?.Phase == "Bound")
            {
                continue;
            }

            // Whoever waits beside the one that fails tells so again and again.
            var newest = events.LastOrDefault(item => IsAbout(item, name) && item.Type == "Warning") ?? events.LastOrDefault(item => IsAbout(item, name));
            var why = newest?.Message ?? "no event says why";
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
