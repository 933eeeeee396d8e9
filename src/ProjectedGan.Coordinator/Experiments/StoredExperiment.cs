using System.Text.Json.Serialization;
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
