using Orleans.Concurrency;

namespace ProjectedGan.Coordinator.Workers;

/// <summary>
/// One worker process, keyed by its stable id: its lease and what it should be doing. Kept in memory alone: after a restart of the
/// coordinator the worker tells who it is, and its experiment what it should do.
/// </summary>
public interface IWorkerGrain : IGrainWithStringKey
{
    /// <summary>The worker opened a stream.</summary>
    /// <param name="registration">Who it is.</param>
    /// <param name="connection">Names the stream; a later registration under another name makes the earlier stream's end meaningless.</param>
    Task RegisterAsync(WorkerRegistration registration, string connection);

    /// <summary>The heartbeat.</summary>
    /// <exception cref="NotFoundException">It has not registered with this coordinator process, or was lost and forgotten: it should register again.</exception>
    Task ReportAsync(WorkerStatus status);

    /// <summary>The worker's stream ended: its lease shortens to <see cref="CoordinationOptions.BrokenStreamLease"/>.</summary>
    Task DisconnectAsync(string connection);

    /// <summary>
    /// The assignment when its version is above <paramref name="knownVersion"/> (0 for none), at once or when it comes. Null when nothing new
    /// came within <see cref="CoordinationOptions.LongPoll"/>: ask again.
    /// </summary>
    [AlwaysInterleave]
    Task<WorkerAssignment?> WaitForAssignmentAsync(long knownVersion, CancellationToken cancellationToken);

    /// <summary>The experiment that holds the worker says what it should do.</summary>
    /// <returns>The worker with it: who keeps the assignment, and under which version.</returns>
    [AlwaysInterleave]
    Task<WorkerObservation> AssignAsync(WorkerAssignment assignment);

    /// <summary>An experiment gives the worker up: idle, unless it belongs to another one by now.</summary>
    [AlwaysInterleave]
    Task ReleaseAsync(string experiment);

    [AlwaysInterleave]
    Task<WorkerObservation> ObserveAsync();

    /// <summary>Asks the worker to leave, as if it had said so itself.</summary>
    Task DrainAsync();

    /// <summary>
    /// Looks at the lease. The grain calls it itself (<see cref="CoordinationOptions.TickInterval"/>); where the host does, it ends when
    /// everybody has heard what the worker reported.
    /// </summary>
    Task TickAsync();
}
