namespace ProjectedGan.Coordinator.Experiments;

/// <summary>What of a spec's evaluation section decides about the queue and the run.</summary>
[GenerateSerializer, Immutable]
public sealed record EvaluationPolicy
{
    /// <summary>Every snapshot is evaluated and kept; otherwise a newer one replaces an older one that has not started.</summary>
    [Id(0)]
    public bool KeepAll { get; init; }

    /// <summary>Training ends after this many evaluated snapshots without improvement of the first metric; 0 for never.</summary>
    [Id(1)]
    public int StopAfter { get; init; }

    /// <summary>Smaller values of the first metric are better.</summary>
    [Id(2)]
    public bool LowerIsBetter { get; init; } = true;
}
