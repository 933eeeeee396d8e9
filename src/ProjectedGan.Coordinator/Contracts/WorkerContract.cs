using System.Collections.Immutable;
using Orleans.Concurrency;

namespace ProjectedGan.Coordinator.Contracts;

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

/// <summary>All workers, in one grain of the key <see cref="GrainNames.Single"/>.</summary>
public interface IWorkerDirectoryGrain : IGrainWithStringKey
{
    /// <summary>All known workers by name, the lost ones of the last <see cref="CoordinationOptions.RememberLostNodes"/> among them.</summary>
    [AlwaysInterleave]
    Task<ImmutableArray<WorkerSummary>> ListAsync();

    /// <summary>A worker's grain tells what became of it.</summary>
    [AlwaysInterleave]
    Task NoteAsync(WorkerSummary summary);
}

/// <summary>Who a worker is.</summary>
[GenerateSerializer, Immutable]
public sealed record WorkerRegistration
{
    /// <summary>Stable over reconnections of one process, new for each process.</summary>
    [Id(0)]
    public required string Id { get; init; }

    /// <summary>For people.</summary>
    [Id(1)]
    public required string Name { get; init; }

    /// <summary>cpu or cuda.</summary>
    [Id(2)]
    public required string DeviceKind { get; init; }

    [Id(3)]
    public string Device { get; init; } = "";

    /// <summary>Everything that can change bits: the workers of a run agree on it.</summary>
    [Id(4)]
    public required string Arithmetic { get; init; }

    /// <summary>Where other workers reach this one.</summary>
    [Id(5)]
    public required string Address { get; init; }

    [Id(6)]
    public string Version { get; init; } = "";
}

/// <summary>The heartbeat: what a worker does.</summary>
[GenerateSerializer, Immutable]
public sealed record WorkerStatus
{
    [Id(0)]
    public WorkerPhase Phase { get; init; }

    /// <summary>The experiment; empty when idle.</summary>
    [Id(1)]
    public string Run { get; init; } = "";

    [Id(2)]
    public long Epoch { get; init; }

    /// <summary>Completed iterations of the state that it holds; -1 without one.</summary>
    [Id(3)]
    public long Iteration { get; init; } = -1;

    /// <summary>Version of the assignment that this answers.</summary>
    [Id(4)]
    public long Assignment { get; init; }

    [Id(5)]
    public string Error { get; init; } = "";

    /// <summary>The error lies in the spec or the data and would happen on any worker.</summary>
    [Id(6)]
    public bool ErrorIsEverywhere { get; init; }

    /// <summary>The error will pass, by itself or by an operator's hand: a full disk, a file that the coordinator lacks.</summary>
    [Id(11)]
    public bool ErrorPasses { get; init; }

    [Id(7)]
    public ImmutableArray<Suspicion> Suspicions { get; init; } = [];

    [Id(8)]
    public string WeightsHash { get; init; } = "";

    /// <summary>It wants to leave; it stays until it is assigned nothing.</summary>
    [Id(9)]
    public bool Draining { get; init; }

    [Id(10)]
    public long DeviceMemoryBytes { get; init; }
}

/// <summary>What a worker says that it does.</summary>
public enum WorkerPhase
{
    Idle,

    /// <summary>Fetching files, checking the dataset, building networks.</summary>
    Warming,

    /// <summary>Ready for a membership epoch.</summary>
    Warm,

    /// <summary>Stopped at an iteration's boundary for an epoch.</summary>
    Held,

    /// <summary>Copying the state of another member.</summary>
    Syncing,
    Training,

    /// <summary>At the last iteration.</summary>
    Finished,

    /// <summary>It cannot do what is asked.</summary>
    Failed,
}

/// <summary>A peer could not be reached or sent damaged or non-finite data in the status's epoch.</summary>
[GenerateSerializer, Immutable]
public sealed record Suspicion
{
    [Id(0)]
    public required string Worker { get; init; }

    [Id(1)]
    public required SuspicionKind Kind { get; init; }

    [Id(2)]
    public int Count { get; init; } = 1;

    [Id(3)]
    public string Detail { get; init; } = "";
}

/// <summary>What a worker holds against a peer.</summary>
public enum SuspicionKind
{
    Unreachable,
    Checksum,
    NonFinite,
}

/// <summary>What the coordinator knows of a worker.</summary>
[GenerateSerializer, Immutable]
public sealed record WorkerObservation
{
    [Id(0)]
    public required string Worker { get; init; }

    /// <summary>Null until it registered with this coordinator process.</summary>
    [Id(1)]
    public WorkerRegistration? Registration { get; init; }

    /// <summary>Null until it reported to this coordinator process.</summary>
    [Id(2)]
    public WorkerStatus? Status { get; init; }

    /// <summary>Its lease ran out.</summary>
    [Id(3)]
    public bool Lost { get; init; }

    /// <summary>Its stream stands.</summary>
    [Id(4)]
    public bool Connected { get; init; }

    /// <summary>When the suspicions of its present status began.</summary>
    [Id(5)]
    public DateTimeOffset? SuspiciousSince { get; init; }

    /// <summary>When its present status's phase of its epoch was first reported.</summary>
    [Id(6)]
    public DateTimeOffset PhaseSince { get; init; }

    /// <summary>An assignment waits for it or is its own.</summary>
    [Id(7)]
    public bool IsAssigned { get; init; }

    /// <summary>Version of the newest assignment that it had.</summary>
    [Id(8)]
    public long Version { get; init; }

    /// <summary>When it was last heard.</summary>
    [Id(10)]
    public DateTimeOffset LastHeard { get; init; }

    /// <summary>Which activation of the worker's grain saw it.</summary>
    [Id(11)]
    public string Activation { get; init; } = "";

    /// <summary>Larger for what the same activation saw later.</summary>
    [Id(9)]
    public long Sequence { get; init; }

    /// <summary>
    /// Whether it replaces another one of the same worker. Of two activations the one that is heard now is the living one: they may have been on
    /// machines whose clocks differ, so that nothing else tells them apart.
    /// </summary>
    internal bool IsNewerThan(WorkerObservation? last) => last is null || last.Activation != Activation || Sequence > last.Sequence;
}

/// <summary>A worker in a list.</summary>
[GenerateSerializer, Immutable]
public sealed record WorkerSummary
{
    [Id(0)]
    public required WorkerRegistration Registration { get; init; }

    /// <summary>idle, warming, training, holding, draining or lost.</summary>
    [Id(1)]
    public required string State { get; init; }

    /// <summary>Empty without one.</summary>
    [Id(2)]
    public string Experiment { get; init; } = "";

    [Id(3)]
    public DateTimeOffset Registered { get; init; }

    [Id(4)]
    public DateTimeOffset LastHeartbeat { get; init; }

    /// <summary>For people: an error, the iteration.</summary>
    [Id(5)]
    public string Detail { get; init; } = "";

    [Id(6)]
    public long DeviceMemoryBytes { get; init; }
}
