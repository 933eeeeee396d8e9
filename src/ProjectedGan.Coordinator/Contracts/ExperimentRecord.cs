using System.Collections.Immutable;

namespace ProjectedGan.Coordinator.Contracts;

/// <summary>All that is stored of an experiment beside its submission. It is replaced as a whole, before anybody acts on it.</summary>
[GenerateSerializer, Immutable]
public sealed record ExperimentRecord
{
    /// <summary>Grows with every change.</summary>
    [Id(0)]
    public long Revision { get; init; }

    [Id(1)]
    public ExperimentState State { get; init; }

    [Id(2)]
    public string Reason { get; init; } = "";

    [Id(3)]
    public DateTimeOffset Submitted { get; init; }

    /// <summary>Its place among those that wait.</summary>
    [Id(4)]
    public DateTimeOffset QueuedSince { get; init; }

    [Id(5)]
    public DateTimeOffset? Started { get; init; }

    [Id(6)]
    public DateTimeOffset? Ended { get; init; }

    [Id(7)]
    public ImmutableArray<StateTransition> History { get; init; } = [];

    /// <summary>Workers that belong to it, members first in the order of replicas, others as they came.</summary>
    [Id(8)]
    public ImmutableArray<HeldWorker> Workers { get; init; } = [];

    /// <summary>The number of the newest membership epoch; 0 before the first.</summary>
    [Id(9)]
    public long Epoch { get; init; }

    [Id(10)]
    public EpochPhase Phase { get; init; }

    [Id(11)]
    public DateTimeOffset PhaseSince { get; init; }

    [Id(12)]
    public ImmutableArray<EpochMember> Members { get; init; } = [];

    /// <summary>Why the newest epoch with training ended; empty while it lasts.</summary>
    [Id(13)]
    public string EpochEnded { get; init; } = "";

    /// <summary>Where training began in this epoch.</summary>
    [Id(14)]
    public long StartIteration { get; init; }

    /// <summary>The member that had the state of <see cref="StartIteration"/>; empty for the checkpoint or a fresh start.</summary>
    [Id(15)]
    public string StateSource { get; init; } = "";

    /// <summary>The checkpoint with which this epoch began; a newer one may have come since.</summary>
    [Id(16)]
    public CheckpointRecord? StartCheckpoint { get; init; }

    /// <summary>In <see cref="EpochPhase.Stopping"/>, once all members stand: who uploads the checkpoint.</summary>
    [Id(17)]
    public string Uploader { get; init; } = "";

    [Id(18)]
    public ImmutableArray<EpochRecord> Epochs { get; init; } = [];

    [Id(19)]
    public CheckpointRecord? Checkpoint { get; init; }

    [Id(20)]
    public ImmutableArray<SnapshotRecord> Snapshots { get; init; } = [];

    [Id(21)]
    public long? BestSnapshotImages { get; init; }

    /// <summary>Non-finite data by worker, from epochs that ended.</summary>
    [Id(22)]
    public ImmutableDictionary<string, int> Strikes { get; init; } = ImmutableDictionary<string, int>.Empty;

    /// <summary>Times a worker was sent to cool down.</summary>
    [Id(23)]
    public ImmutableDictionary<string, int> CoolDowns { get; init; } = ImmutableDictionary<string, int>.Empty;

    [Id(24)]
    public ImmutableArray<ExcludedWorker> Excluded { get; init; } = [];

    /// <summary>Machines on which workers failed at this experiment, since it last committed iterations.</summary>
    [Id(25)]
    public ImmutableArray<string> FailedMachines { get; init; } = [];

    /// <summary>cpu or cuda, as <see cref="Arithmetic"/>.</summary>
    [Id(26)]
    public string DeviceKind { get; init; } = "";

    /// <summary>What its workers have in common; empty while it has none and has not trained. Kept from the first epoch with training to the end.</summary>
    [Id(27)]
    public string Arithmetic { get; init; } = "";

    /// <summary>Why it stops early and then counts as completed; empty when it does not.</summary>
    [Id(28)]
    public string EarlyStop { get; init; } = "";

    [Id(29)]
    public string WeightsHash { get; init; } = "";

    [Id(30)]
    public TrainingProgress? Progress { get; init; }

    /// <summary>Who received damaged data from whom, in epochs that ended.</summary>
    [Id(31)]
    public ImmutableArray<DamageReport> Damage { get; init; } = [];

    /// <summary>Epochs that broke with nobody to blame, since the last one with an iteration.</summary>
    [Id(32)]
    public int BrokenEpochs { get; init; }

    /// <summary>The checkpoint before <see cref="Checkpoint"/>, for the case that files of that one are lost.</summary>
    [Id(33)]
    public CheckpointRecord? EarlierCheckpoint { get; init; }

    /// <summary>Snapshots up to here count no more towards an early stop: it was told to go on behind them.</summary>
    [Id(34)]
    public long ProlongedAtImages { get; init; }

    internal bool HasEnded => State is ExperimentState.Completed or ExperimentState.Cancelled or ExperimentState.Failed;

    internal bool TakesWorkers => State is ExperimentState.Queued or ExperimentState.Starting or ExperimentState.Running or ExperimentState.Waiting;

    internal bool IsMember(string worker) => Members.Any(member => member.Worker == worker);
}

/// <summary>A worker that belongs to an experiment, a member or not yet.</summary>
[GenerateSerializer, Immutable]
public sealed record HeldWorker
{
    [Id(0)]
    public required string Worker { get; init; }

    [Id(1)]
    public required string Address { get; init; }

    [Id(2)]
    public required DateTimeOffset Granted { get; init; }

    /// <summary>Why it leaves; empty for one that stays.</summary>
    [Id(3)]
    public string Leaving { get; init; } = "";

    /// <summary>Since when it leaves.</summary>
    [Id(4)]
    public DateTimeOffset LeavingSince { get; init; }

    internal bool Stays => Leaving.Length == 0;
}

/// <summary>One worker received data of another that failed their check. Which of the two is at fault, one report does not tell.</summary>
[GenerateSerializer, Immutable]
public sealed record DamageReport
{
    [Id(0)]
    public required long Epoch { get; init; }

    /// <summary>Who received it.</summary>
    [Id(1)]
    public required string By { get; init; }

    /// <summary>Who sent it.</summary>
    [Id(2)]
    public required string About { get; init; }

    /// <summary>Times in that epoch.</summary>
    [Id(3)]
    public required int Count { get; init; }

    internal bool Concerns(string worker) => By == worker || About == worker;
}

/// <summary>An experiment came into a state.</summary>
[GenerateSerializer, Immutable]
public sealed record StateTransition
{
    [Id(0)]
    public required ExperimentState State { get; init; }

    /// <summary>Why, in one line.</summary>
    [Id(1)]
    public required string Reason { get; init; }

    [Id(2)]
    public required DateTimeOffset Time { get; init; }
}

/// <summary>Statistics of a run as its first member reports them.</summary>
[GenerateSerializer, Immutable]
public sealed record TrainingProgress
{
    [Id(0)]
    public long Iteration { get; init; }

    [Id(1)]
    public long Images { get; init; }

    [Id(2)]
    public double ImagesPerSecond { get; init; }

    [Id(3)]
    public double GeneratorLoss { get; init; }

    [Id(4)]
    public double DiscriminatorLossGenerated { get; init; }

    [Id(5)]
    public double DiscriminatorLossReal { get; init; }

    /// <summary>Share of logits with the right sign, 0 to 1.</summary>
    [Id(6)]
    public double AccuracyGenerated { get; init; }

    [Id(7)]
    public double AccuracyReal { get; init; }

    [Id(8)]
    public double GeneratorGradientNorm { get; init; }

    [Id(9)]
    public double DiscriminatorGradientNorm { get; init; }

    [Id(10)]
    public long NonFiniteElements { get; init; }

    [Id(11)]
    public TimeSpan TrainingTime { get; init; }

    /// <summary>Until the end, at the present speed.</summary>
    [Id(12)]
    public TimeSpan Remaining { get; init; }

    [Id(13)]
    public DateTimeOffset Time { get; init; }

    /// <summary>Mean seconds of each part of an iteration.</summary>
    [Id(14)]
    public ImmutableDictionary<string, double> PhaseSeconds { get; init; } = ImmutableDictionary<string, double>.Empty;
}

/// <summary>A file among the coordinator's artifacts.</summary>
[GenerateSerializer, Immutable]
public sealed record ArtifactReference
{
    /// <summary>The file's name, without folders.</summary>
    [Id(0)]
    public required string Name { get; init; }

    /// <summary>SHA-256, 64 lower-case hexadecimal digits.</summary>
    [Id(1)]
    public required string Digest { get; init; }

    [Id(2)]
    public long Bytes { get; init; }
}

/// <summary>
/// The iterations of one membership epoch. Together the records of an experiment cover every committed iteration exactly once. Of a very
/// large number the oldest one stands for those before it too.
/// </summary>
[GenerateSerializer, Immutable]
public sealed record EpochRecord
{
    [Id(0)]
    public required long Epoch { get; init; }

    [Id(1)]
    public required long FirstIteration { get; init; }

    /// <summary>Behind the last one; equal to <see cref="FirstIteration"/> while nothing is known to be committed.</summary>
    [Id(2)]
    public required long EndIteration { get; init; }

    [Id(3)]
    public required ImmutableArray<EpochMember> Members { get; init; }

    /// <summary>Empty for the current epoch.</summary>
    [Id(4)]
    public string EndedBecause { get; init; } = "";

    [Id(5)]
    public required DateTimeOffset Began { get; init; }
}

/// <summary>A worker of a membership epoch and the replicas it hosts.</summary>
[GenerateSerializer, Immutable]
public sealed record EpochMember
{
    [Id(0)]
    public required string Worker { get; init; }

    /// <summary>Where peers reach it.</summary>
    [Id(1)]
    public required string Address { get; init; }

    [Id(2)]
    public required int FirstReplica { get; init; }

    [Id(3)]
    public required int ReplicaCount { get; init; }
}

/// <summary>What the members of a membership epoch are told.</summary>
public enum EpochPhase
{
    /// <summary>There are no members.</summary>
    None,

    /// <summary>Stop at an iteration's boundary.</summary>
    Holding,

    /// <summary>Train.</summary>
    Training,

    /// <summary>Stop at an iteration's boundary; the uploader sends a checkpoint.</summary>
    Stopping,
}
