namespace ProjectedGan.Coordinator.Evaluations;

/// <summary>A snapshot that waits for its evaluation.</summary>
internal sealed record QueuedSnapshot(string Experiment, long Images, DateTimeOffset Since);
