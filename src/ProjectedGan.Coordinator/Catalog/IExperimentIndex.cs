using System.Collections.Immutable;

namespace ProjectedGan.Coordinator.Catalog;

/// <summary>The stored list of experiments: one row each, so that a change costs the same however many there are.</summary>
internal interface IExperimentIndex
{
    Task<ImmutableArray<IndexedExperiment>> LoadAsync(CancellationToken cancellationToken);

    /// <summary>Adds or replaces a row.</summary>
    Task PutAsync(IndexedExperiment experiment, CancellationToken cancellationToken);

    Task RemoveAsync(string id, CancellationToken cancellationToken);
}
