using System.Collections.Immutable;
using ProjectedGan.Coordinator.Evaluations;
using ProjectedGan.Coordinator.Scheduling;
using ProjectedGan.Coordinator.Workers;

namespace ProjectedGan.Coordinator.Experiments;

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
