namespace ProjectedGan.Coordination.Experiments;

/// <summary>The stored form of an experiment's record.</summary>
[GenerateSerializer]
public sealed class StoredExperiment
{
    [Id(0)]
    public ExperimentRecord Record { get; set; } = new();
}
