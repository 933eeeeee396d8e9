using System.Collections.Immutable;

namespace ProjectedGan.Coordinator.Experiments;

/// <summary>Statistics of a run as its first member reports them.</summary>
[GenerateSerializer, Immutable]
public sealed record TrainingProgress
{
    [Id(0)]
    public long Iteration { get; init; }

    [Id(1)]
    public long Images { get; init; }

    [Id(2)]
    public double ImagesPerSecond { get; init; }

    [Id(3)]
    public double GeneratorLoss { get; init; }

    [Id(4)]
    public double DiscriminatorLossGenerated { get; init; }

    [Id(5)]
    public double DiscriminatorLossReal { get; init; }

    /// <summary>Share of logits with the right sign, 0 to 1.</summary>
    [Id(6)]
    public double AccuracyGenerated { get; init; }

    [Id(7)]
    public double AccuracyReal { get; init; }

    [Id(8)]
    public double GeneratorGradientNorm { get; init; }

    [Id(9)]
    public double DiscriminatorGradientNorm { get; init; }

    [Id(10)]
    public long NonFiniteElements { get; init; }

    [Id(11)]
    public TimeSpan TrainingTime { get; init; }

    /// <summary>Until the end, at the present speed.</summary>
    [Id(12)]
    public TimeSpan Remaining { get; init; }

    [Id(13)]
    public DateTimeOffset Time { get; init; }

    /// <summary>Mean seconds of each part of an iteration.</summary>
    [Id(14)]
    public ImmutableDictionary<string, double> PhaseSeconds { get; init; } = ImmutableDictionary<string, double>.Empty;
}
