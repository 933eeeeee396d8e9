namespace ProjectedGan.Training.Prefetching;

/// <summary>Which batches a <see cref="Prefetcher"/> prepares, and how.</summary>
public sealed record PrefetchOptions
{
    /// <summary>First of the consecutive replicas served.</summary>
    public int FirstReplica { get; init; }

    /// <summary>Number of replicas served; null for all from the first on.</summary>
    public int? ReplicaCount { get; init; }

    /// <summary>Iteration to start at: 0, or where a resumed run goes on.</summary>
    public long FirstIteration { get; init; }

    /// <summary>Decoding threads, at least one.</summary>
    public int Threads { get; init; } = 2;

    /// <summary>Batches prepared ahead of the oldest one not yet taken; raised to the number of replicas, which are taken side by side.</summary>
    public int BatchesAhead { get; init; } = 4;
}
