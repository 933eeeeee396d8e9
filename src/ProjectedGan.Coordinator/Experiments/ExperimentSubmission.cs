using System.Collections.Immutable;

namespace ProjectedGan.Coordinator.Experiments;

/// <summary>A validated experiment. Of it the end alone may change (<see cref="IExperimentGrain.ProlongAsync"/>), which determines nothing of what comes before.</summary>
[GenerateSerializer, Immutable]
public sealed record ExperimentSubmission
{
    /// <summary>For people.</summary>
    [Id(0)]
    public required string Name { get; init; }

    /// <summary>Who submitted it; workers are shared fairly between users.</summary>
    [Id(1)]
    public required string User { get; init; }

    /// <summary>The whole spec with every default written out.</summary>
    [Id(2)]
    public required string SpecYaml { get; init; }

    [Id(3)]
    public required string SpecHash { get; init; }

    /// <summary>The dataset's own hash, over images and labels.</summary>
    [Id(4)]
    public required string DatasetHash { get; init; }

    [Id(5)]
    public required ArtifactReference Dataset { get; init; }

    /// <summary>The feature network's weights; null for random ones.</summary>
    [Id(6)]
    public ArtifactReference? Weights { get; init; }

    /// <summary>Replicas of the run: more workers than that have nothing to do.</summary>
    [Id(7)]
    public required int Replicas { get; init; }

    /// <summary>Images an iteration takes.</summary>
    [Id(8)]
    public required long Batch { get; init; }

    /// <summary>Images until the end.</summary>
    [Id(9)]
    public required long TotalImages { get; init; }

    /// <summary>Iterations until the end.</summary>
    [Id(10)]
    public required long LastIteration { get; init; }

    /// <summary>The run waits with fewer workers. At least 1.</summary>
    [Id(11)]
    public int MinWorkers { get; init; } = 1;

    /// <summary>Most workers it takes; 0 for as many as replicas.</summary>
    [Id(12)]
    public int MaxWorkers { get; init; }

    /// <summary>Larger goes first.</summary>
    [Id(13)]
    public int Priority { get; init; }

    /// <summary>cpu or cuda; empty for any one kind.</summary>
    [Id(14)]
    public string DeviceKind { get; init; } = "";

    [Id(15)]
    public EvaluationPolicy Evaluation { get; init; } = new();

    /// <summary>W3C traceparent of the request; empty without tracing.</summary>
    [Id(16)]
    public string TraceParent { get; init; } = "";

    /// <summary>Weights of the network that metrics use; null where it is the run's own feature network.</summary>
    [Id(17)]
    public ArtifactReference? MetricWeights { get; init; }

    /// <summary>What of the spec is likely to learn badly, a sentence each.</summary>
    [Id(18)]
    public ImmutableArray<string> Warnings { get; init; } = [];

    /// <summary>With the end of another one of the same experiment.</summary>
    internal ExperimentSubmission Until(ExperimentSubmission longer)
        => this with { SpecYaml = longer.SpecYaml, TotalImages = longer.TotalImages, LastIteration = longer.LastIteration };

    /// <summary>Most workers it can use.</summary>
    internal int Ceiling => MaxWorkers <= 0 ? Replicas : Math.Min(MaxWorkers, Replicas);
}
