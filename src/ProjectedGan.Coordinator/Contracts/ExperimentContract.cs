using System.Collections.Immutable;

namespace ProjectedGan.Coordinator.Contracts;

/// <summary>
/// One experiment, keyed by its id: the state machine, the members and the record of what was trained. All calls are idempotent. A call
/// that fails for the storage left nothing behind and may be repeated. Calls on an unknown id throw <see cref="NotFoundException"/>.
/// </summary>
public interface IExperimentGrain : IGrainWithStringKey
{
    /// <summary>Records the submission and asks for workers; the directory calls it. A second call changes nothing.</summary>
    Task SubmitAsync(ExperimentSubmission submission);

    Task<ExperimentView> GetAsync();

    /// <summary>Ends the experiment for good; what it has is kept. Nothing happens when it has ended.</summary>
    Task<ExperimentView> CancelAsync(string reason);

    /// <summary>Stops training with a checkpoint and frees the workers.</summary>
    /// <exception cref="WrongStateException">The experiment has ended.</exception>
    Task<ExperimentView> PauseAsync();

    /// <summary>Queues a paused or failed experiment again, or takes back a pause under way.</summary>
    /// <exception cref="WrongStateException">The experiment is completed or cancelled.</exception>
    Task<ExperimentView> ResumeAsync();

    /// <summary>
    /// Queues a completed (also by an early stop), paused or queued experiment with a later end; it goes on from its newest checkpoint. A call
    /// that failed may be repeated.
    /// </summary>
    /// <param name="longer">The submission with the new end: spec, images and last iteration. One that is not later changes nothing of it.</param>
    /// <exception cref="WrongStateException">The experiment has workers, or has failed or was cancelled.</exception>
    Task<ExperimentView> ProlongAsync(ExperimentSubmission longer);

    /// <summary>Statistics of the run, from the member that hosts replica 0. Reports of old epochs are dropped.</summary>
    Task ReportProgressAsync(string worker, long epoch, TrainingProgress progress);

    /// <summary>A checkpoint lies among the artifacts. Ignored are older ones than the newest, and those of workers that did not train in the newest epoch.</summary>
    Task RecordCheckpointAsync(string worker, CheckpointRecord checkpoint);

    /// <summary>A snapshot's weights lie among the artifacts; it is queued for evaluation. One of the same images is ignored.</summary>
    Task RecordSnapshotAsync(string worker, SnapshotRecord snapshot);

    /// <summary>A node's line for the experiment's journal.</summary>
    Task LogAsync(string worker, string level, string text);

    /// <summary>The newest checkpoint's files.</summary>
    /// <exception cref="NotFoundException">There is none yet.</exception>
    Task<ExperimentResult> GetLatestAsync();

    /// <summary>The best snapshot's weights.</summary>
    /// <exception cref="NotFoundException">No snapshot is evaluated.</exception>
    Task<ExperimentResult> GetBestAsync();

    /// <summary>What a worker does, from that worker's grain.</summary>
    Task ObserveAsync(WorkerObservation observation);

    /// <summary>What the scheduler should know. None for an experiment that has ended or was never submitted.</summary>
    Task<ExperimentDemand?> WakeAsync();

    /// <summary>The scheduler gives workers.</summary>
    Task GrantAsync(ImmutableArray<WorkerOffer> workers);

    /// <summary>The scheduler asks for workers back; they leave between two iterations.</summary>
    Task ShrinkAsync(ImmutableArray<string> workers);

    /// <summary>The task of a snapshot, which counts as begun; null when it need not be evaluated (any more).</summary>
    Task<EvaluationTask?> BeginEvaluationAsync(long images);

    /// <summary>A finished or failed evaluation. The answer says whether it should be tried again.</summary>
    Task<bool> RecordEvaluationAsync(long images, EvaluationOutcome outcome);

    /// <summary>Looks at the clock: lost workers, patience, retries. Grains with work call it themselves (<see cref="CoordinationOptions.TickInterval"/>).</summary>
    Task TickAsync();
}

/// <summary>A validated experiment. Of it the end alone may change (<see cref="IExperimentGrain.ProlongAsync"/>), which determines nothing of what comes before.</summary>
[GenerateSerializer, Immutable]
public sealed record ExperimentSubmission
{
    /// <summary>For people.</summary>
    [Id(0)]
    public required string Name { get; init; }

    /// <summary>Who submitted it; workers are shared fairly between users.</summary>
    [Id(1)]
    public required string User { get; init; }

    /// <summary>The whole spec with every default written out.</summary>
    [Id(2)]
    public required string SpecYaml { get; init; }

    [Id(3)]
    public required string SpecHash { get; init; }

    /// <summary>The dataset's own hash, over images and labels.</summary>
    [Id(4)]
    public required string DatasetHash { get; init; }

    [Id(5)]
    public required ArtifactReference Dataset { get; init; }

    /// <summary>The feature network's weights; null for random ones.</summary>
    [Id(6)]
    public ArtifactReference? Weights { get; init; }

    /// <summary>Replicas of the run: more workers than that have nothing to do.</summary>
    [Id(7)]
    public required int Replicas { get; init; }

    /// <summary>Images an iteration takes.</summary>
    [Id(8)]
    public required long Batch { get; init; }

    /// <summary>Images until the end.</summary>
    [Id(9)]
    public required long TotalImages { get; init; }

    /// <summary>Iterations until the end.</summary>
    [Id(10)]
    public required long LastIteration { get; init; }

    /// <summary>The run waits with fewer workers. At least 1.</summary>
    [Id(11)]
    public int MinWorkers { get; init; } = 1;

    /// <summary>Most workers it takes; 0 for as many as replicas.</summary>
    [Id(12)]
    public int MaxWorkers { get; init; }

    /// <summary>Larger goes first.</summary>
    [Id(13)]
    public int Priority { get; init; }

    /// <summary>cpu or cuda; empty for any one kind.</summary>
    [Id(14)]
    public string DeviceKind { get; init; } = "";

    [Id(15)]
    public EvaluationPolicy Evaluation { get; init; } = new();

    /// <summary>W3C traceparent of the request; empty without tracing.</summary>
    [Id(16)]
    public string TraceParent { get; init; } = "";

    /// <summary>Weights of the network that metrics use; null where it is the run's own feature network.</summary>
    [Id(17)]
    public ArtifactReference? MetricWeights { get; init; }

    /// <summary>What of the spec is likely to learn badly, a sentence each.</summary>
    [Id(18)]
    public ImmutableArray<string> Warnings { get; init; } = [];

    /// <summary>With the end of another one of the same experiment.</summary>
    internal ExperimentSubmission Until(ExperimentSubmission longer)
        => this with { SpecYaml = longer.SpecYaml, TotalImages = longer.TotalImages, LastIteration = longer.LastIteration };

    /// <summary>Most workers it can use.</summary>
    internal int Ceiling => MaxWorkers <= 0 ? Replicas : Math.Min(MaxWorkers, Replicas);
}

/// <summary>Where an experiment is; docs/scheduling.md draws the transitions.</summary>
public enum ExperimentState
{
    /// <summary>Nothing was submitted under this id.</summary>
    None,

    /// <summary>Waits for workers.</summary>
    Queued,

    /// <summary>Has workers, which prepare.</summary>
    Starting,

    /// <summary>Trains, or changes its members between two iterations.</summary>
    Running,

    /// <summary>Has fewer workers than its minimum; goes on when they return.</summary>
    Waiting,

    /// <summary>Stops with a checkpoint.</summary>
    Pausing,

    /// <summary>Holds no workers until it is resumed.</summary>
    Paused,

    /// <summary>Trained to its end; evaluations may be under way.</summary>
    Completed,

    /// <summary>Ended by a user.</summary>
    Cancelled,

    /// <summary>Ended by an error.</summary>
    Failed,
}

/// <summary>Everything that a user may know about an experiment.</summary>
[GenerateSerializer, Immutable]
public sealed record ExperimentView
{
    [Id(0)]
    public required string Id { get; init; }

    [Id(1)]
    public required ExperimentSubmission Submission { get; init; }

    [Id(2)]
    public required ExperimentState State { get; init; }

    /// <summary>Why it is in this state: what it waits for, what failed.</summary>
    [Id(3)]
    public required string Reason { get; init; }

    [Id(4)]
    public required DateTimeOffset Submitted { get; init; }

    [Id(5)]
    public DateTimeOffset? Started { get; init; }

    [Id(6)]
    public DateTimeOffset? Ended { get; init; }

    [Id(7)]
    public TrainingProgress? Progress { get; init; }

    /// <summary>The members of the current membership epoch, in the order of replicas.</summary>
    [Id(8)]
    public ImmutableArray<EpochMember> Members { get; init; } = [];

    /// <summary>All workers that it holds, members or not yet.</summary>
    [Id(9)]
    public ImmutableArray<string> Workers { get; init; } = [];

    [Id(10)]
    public long MembershipEpoch { get; init; }

    [Id(11)]
    public ImmutableArray<EpochRecord> Epochs { get; init; } = [];

    [Id(12)]
    public ImmutableArray<StateTransition> History { get; init; } = [];

    [Id(13)]
    public ImmutableArray<SnapshotRecord> Snapshots { get; init; } = [];

    /// <summary>The evaluated snapshot with the best value of the first metric.</summary>
    [Id(14)]
    public long? BestSnapshotImages { get; init; }

    /// <summary>SHA-256 over the trained state; empty until completed.</summary>
    [Id(15)]
    public string WeightsHash { get; init; } = "";

    /// <summary>The newest checkpoint that the coordinator holds.</summary>
    [Id(16)]
    public CheckpointRecord? Checkpoint { get; init; }

    /// <summary>Sequence number of the newest event.</summary>
    [Id(17)]
    public long LastEvent { get; init; }
}

/// <summary>The files of a checkpoint or a snapshot.</summary>
[GenerateSerializer, Immutable]
public sealed record ExperimentResult
{
    [Id(0)]
    public required long Iteration { get; init; }

    [Id(1)]
    public required long Images { get; init; }

    [Id(2)]
    public required ImmutableArray<ArtifactReference> Files { get; init; }
}

/// <summary>What of a spec's evaluation section decides about the queue and the run.</summary>
[GenerateSerializer, Immutable]
public sealed record EvaluationPolicy
{
    /// <summary>Every snapshot is evaluated and kept; otherwise a newer one replaces an older one that has not started.</summary>
    [Id(0)]
    public bool KeepAll { get; init; }

    /// <summary>Training ends after this many evaluated snapshots without improvement of the first metric; 0 for never.</summary>
    [Id(1)]
    public int StopAfter { get; init; }

    /// <summary>Smaller values of the first metric are better.</summary>
    [Id(2)]
    public bool LowerIsBetter { get; init; } = true;
}
