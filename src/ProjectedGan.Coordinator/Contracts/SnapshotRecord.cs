using System.Collections.Immutable;

namespace ProjectedGan.Coordinator.Contracts;

/// <summary>The generator's moving average as it was after some images.</summary>
[GenerateSerializer, Immutable]
public sealed record SnapshotRecord
{
    [Id(0)]
    public required long Images { get; init; }

    [Id(1)]
    public required long Iteration { get; init; }

    [Id(2)]
    public DateTimeOffset Time { get; init; }

    [Id(3)]
    public TimeSpan TrainingTime { get; init; }

    [Id(4)]
    public EvaluationState Evaluation { get; init; }

    /// <summary>Times the evaluation was begun and did not end well.</summary>
    [Id(5)]
    public int FailedAttempts { get; init; }

    [Id(6)]
    public string EvaluationError { get; init; } = "";

    [Id(7)]
    public ImmutableArray<MetricRecord> Metrics { get; init; } = [];

    /// <summary>Null once pruned: neither the newest nor the best one, nor waiting for its evaluation.</summary>
    [Id(8)]
    public ArtifactReference? Weights { get; init; }

    /// <summary>A PNG grid of samples.</summary>
    [Id(9)]
    public ArtifactReference? Grid { get; init; }

    /// <summary>Metrics are due besides a sample grid. A newer snapshot that takes the place of a waiting one takes this over.</summary>
    [Id(10)]
    public bool Measure { get; init; } = true;

    /// <summary>A PNG of the frames of a walk through latent space; null where no metrics were due.</summary>
    [Id(11)]
    public ArtifactReference? Walk { get; init; }

    /// <summary>A PNG of samples beside the training images nearest to them; null where no metrics were due.</summary>
    [Id(12)]
    public ArtifactReference? Neighbours { get; init; }
}

/// <summary>A metric's value at a snapshot.</summary>
[GenerateSerializer, Immutable]
public sealed record MetricRecord
{
    /// <summary>For example fid_inception_v3.</summary>
    [Id(0)]
    public required string Metric { get; init; }

    [Id(1)]
    public required double Value { get; init; }

    [Id(2)]
    public long Samples { get; init; }

    /// <summary>Spread of the figure where it was measured: over resamples of the generated images, kernel subsets or splits.</summary>
    [Id(3)]
    public double? StandardDeviation { get; init; }
}

/// <summary>What became of a snapshot's evaluation.</summary>
public enum EvaluationState
{
    /// <summary>None was asked for.</summary>
    None,
    Queued,
    Running,
    Done,

    /// <summary>A newer snapshot took its place before it started.</summary>
    Superseded,
    Failed,
}

/// <summary>A checkpoint that the coordinator holds.</summary>
[GenerateSerializer, Immutable]
public sealed record CheckpointRecord
{
    /// <summary>Completed iterations.</summary>
    [Id(0)]
    public required long Iteration { get; init; }

    [Id(1)]
    public required long Images { get; init; }

    [Id(2)]
    public required ImmutableArray<ArtifactReference> Files { get; init; }
}
