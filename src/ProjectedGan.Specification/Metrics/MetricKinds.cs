namespace ProjectedGan.Specification.Metrics;

/// <summary>Lists of metrics as specs name them: <c>FrechetDistance, PrecisionRecall</c>.</summary>
public static class MetricKinds
{
    /// <summary>The greatest k of the metrics of neighbourhoods.</summary>
    public const int MostNeighbours = 5;

    /// <summary>The k of precision and recall (Kynkäänniemi et al. 2019).</summary>
    public const int DefaultNeighbour = 3;

    /// <summary>Reads a list that is separated by commas, without regard to case.</summary>
    /// <param name="list">The list; an empty one names none.</param>
    /// <returns>The metrics in their order, and what is wrong with the list, to be put behind its name in a message.</returns>
    public static (IReadOnlyList<MetricKind> Kinds, IReadOnlyList<string> Problems) Parse(string list)
    {
        ArgumentNullException.ThrowIfNull(list);
        List<MetricKind> kinds = [];
        List<string> problems = [];
        foreach (var name in list.Split(',', StringSplitOptions.TrimEntries | StringSplitOptions.RemoveEmptyEntries))
        {
            // By the names alone: Enum.Parse takes numbers, too.
            if (Enum.GetNames<MetricKind>().FirstOrDefault(known => known.Equals(name, StringComparison.OrdinalIgnoreCase)) is not { } known)
            {
                problems.Add($"has '{name}'; it may have {string.Join(", ", Enum.GetNames<MetricKind>())}.");
            }
            else if (kinds.Contains(Enum.Parse<MetricKind>(known)))
            {
                problems.Add($"has '{name}' twice; name each metric once.");
            }
            else
            {
                kinds.Add(Enum.Parse<MetricKind>(known));
            }
        }

        if (list.Length > 0 && kinds.Count == 0 && problems.Count == 0)
        {
            problems.Add($"is '{list}', which names no metric; leave it empty to measure none.");
        }

        return (kinds, problems);
    }

    /// <summary>The k of a metric of neighbourhoods; null of any other.</summary>
    public static int? Neighbour(MetricKind kind) => kind switch
    {
        MetricKind.PrecisionRecall or MetricKind.DensityCoverage3 => DefaultNeighbour,
        MetricKind.PrecisionRecall5 or MetricKind.DensityCoverage5 => MostNeighbours,
        _ => null,
    };
}

/// <summary>What can be measured.</summary>
public enum MetricKind
{
    /// <summary>The Fréchet distance; FID when the network is FID's own.</summary>
    FrechetDistance,

    /// <summary>The kernel distance; KID when the network is FID's own.</summary>
    KernelDistance,

    /// <summary>Improved precision and recall with the paper's 3 neighbours, two figures.</summary>
    PrecisionRecall,

    /// <summary>The inception score; only with a network that gives class probabilities.</summary>
    InceptionScore,

    /// <summary>Improved precision and recall with 5 neighbours.</summary>
    PrecisionRecall5,

    /// <summary>Density and coverage with 3 neighbours, two figures.</summary>
    DensityCoverage3,

    /// <summary>Density and coverage with the paper's 5 neighbours.</summary>
    DensityCoverage5,

    /// <summary>The mean distance between two generated samples.</summary>
    Diversity,
}
