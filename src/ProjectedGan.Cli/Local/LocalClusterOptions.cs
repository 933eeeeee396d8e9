namespace ProjectedGan.Cli.Local;

/// <summary>What a cluster on this machine consists of.</summary>
internal sealed record LocalClusterOptions
{
    /// <summary>Where the coordinator's data, the nodes' cache and the logs lie; a later cluster in the same folder goes on where this one stopped.</summary>
    public required string Folder { get; init; }

    public int Workers { get; init; } = 2;

    public int Evaluators { get; init; }

    /// <summary>The device of workers and evaluators.</summary>
    public string Device { get; init; } = "cpu";

    /// <summary>Replicas that a worker computes side by side; 0 for as many as there are processors.</summary>
    public int LanesPerWorker { get; init; }
}
