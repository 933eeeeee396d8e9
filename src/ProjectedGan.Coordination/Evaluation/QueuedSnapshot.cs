namespace ProjectedGan.Coordination.Evaluation;

/// <summary>A snapshot that waits for its evaluation.</summary>
internal sealed record QueuedSnapshot(string Experiment, long Images, DateTimeOffset Since);
