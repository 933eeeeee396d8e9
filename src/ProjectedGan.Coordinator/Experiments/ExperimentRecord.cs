using System.Collections.Immutable;
using ProjectedGan.Coordinator.Scheduling;

namespace ProjectedGan.Coordinator.Experiments;

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
