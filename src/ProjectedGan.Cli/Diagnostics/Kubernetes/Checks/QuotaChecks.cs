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
        string? request = container.Requests.GetValueOrDefault(resource) ?? own ?? Preset(item => item.DefaultRequest) ?? limit;
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
        string number = quantity?.TrimEnd("mkMGTPEi".ToCharArray()) ?? "";
        double factor = quantity?[number.Length..] switch
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
        return double.TryParse(number, NumberStyles.AllowDecimalPoint, CultureInfo.InvariantCulture, out double value) ? value * factor : double.NaN;
    }
}
