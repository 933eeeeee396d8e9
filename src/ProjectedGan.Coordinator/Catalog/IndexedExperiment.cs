namespace ProjectedGan.Coordinator.Catalog;

/// <summary>A row of the index.</summary>
/// <param name="Summary">What lists show.</param>
/// <param name="Request">The key of the submission that made it, empty without one.</param>
internal sealed record IndexedExperiment(ExperimentSummary Summary, string Request);
