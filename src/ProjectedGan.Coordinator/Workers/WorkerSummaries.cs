namespace ProjectedGan.Coordinator.Workers;

/// <summary>Puts what is known of a worker in words.</summary>
internal static class WorkerSummaries
{
    public static WorkerSummary Describe(WorkerRegistration registration, WorkerObservation seen, WorkerAssignment? assignment, DateTimeOffset registered, DateTimeOffset heard) => new()
    {
        Registration = registration,
        State = seen.Lost ? "lost" : seen.Status switch
        {
            { Draining: true } => "draining",
            { Phase: WorkerPhase.Warming or WorkerPhase.Warm } => "warming",
            { Phase: WorkerPhase.Held } => "holding",
            { Phase: WorkerPhase.Syncing or WorkerPhase.Training or WorkerPhase.Finished } => "training",
            _ => "idle",
        },
        Experiment = seen.Lost ? "" : assignment?.Run?.Id ?? seen.Status?.Run ?? "",
        Registered = registered,
        LastHeartbeat = heard,
        Detail = seen.Status switch
        {
            { Error.Length: > 0 } status => status.Error,
            { Iteration: >= 0 } status => $"iteration {status.Iteration}",
            _ => "",
        },
        DeviceMemoryBytes = seen.Status?.DeviceMemoryBytes ?? 0,
    };
}
