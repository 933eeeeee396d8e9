using System.Text.Json.Serialization;
using ProjectedGan.Coordinator.Contracts;
using ProjectedGan.Coordinator.Storage;

namespace ProjectedGan.Coordinator.Experiments;

/// <summary>The stored form of an experiment's record.</summary>
[GenerateSerializer]
public sealed class StoredExperiment : IUnreadableState
{
    [Id(0)]
    public ExperimentRecord Record { get; set; } = new();

    /// <inheritdoc/>
    [Id(1), JsonIgnore]
    public string Unreadable { get; set; } = "";
}

/// <summary>The stored form of a submission: kept apart, for it is the large part and hardly ever changes.</summary>
[GenerateSerializer]
public sealed class StoredSubmission : IUnreadableState
{
    [Id(0)]
    public ExperimentSubmission? Submission { get; set; }

    /// <inheritdoc/>
    [Id(1), JsonIgnore]
    public string Unreadable { get; set; } = "";
}
