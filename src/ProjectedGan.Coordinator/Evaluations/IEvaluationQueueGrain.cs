using Orleans.Concurrency;

namespace ProjectedGan.Coordinator.Evaluations;

/// <summary>
/// Gives snapshots to evaluators; one grain of the key <see cref="GrainNames.Single"/>. The snapshots of an experiment are evaluated one
/// after the other in the order of their images. What waits is known to the experiments, which queue it again after a restart.
/// </summary>
public interface IEvaluationQueueGrain : IGrainWithStringKey
{
    /// <summary>An evaluator opened a stream.</summary>
    /// <param name="registration">Who it is.</param>
    /// <param name="connection">Names the stream.</param>
    Task RegisterAsync(EvaluatorRegistration registration, string connection);

    /// <summary>The heartbeat. A task of before a restart of the coordinator goes on if it still waits; others are given only after the first report.</summary>
    /// <exception cref="NotFoundException">It has not registered with this coordinator process, or was lost and forgotten: it should register again.</exception>
    Task ReportAsync(string evaluator, EvaluatorStatus status);

    /// <summary>The evaluator's stream ended: its lease shortens.</summary>
    Task DisconnectAsync(string evaluator, string connection);

    /// <summary>The evaluator's command when its version is above the known one, at once or when it comes; null when nothing new came within <see cref="CoordinationOptions.LongPoll"/>.</summary>
    [AlwaysInterleave]
    Task<EvaluatorCommand?> WaitForCommandAsync(string evaluator, long knownVersion, CancellationToken cancellationToken);

    /// <summary>An evaluator is done with a task. Results of tasks that are no longer its own are dropped.</summary>
    Task CompleteAsync(string evaluator, string task, EvaluationOutcome outcome);

    /// <summary>An experiment has a snapshot to evaluate.</summary>
    [AlwaysInterleave]
    Task EnqueueAsync(string experiment, long images);

    /// <summary>A snapshot that waits need not be evaluated any more.</summary>
    [AlwaysInterleave]
    Task WithdrawAsync(string experiment, long images);

    /// <summary>Nothing of an experiment is to be evaluated any more.</summary>
    [AlwaysInterleave]
    Task DropAsync(string experiment);

    [AlwaysInterleave]
    Task<EvaluationQueueSummary> DescribeAsync();

    /// <summary>Looks at leases and hands out tasks. The grain calls it itself (<see cref="CoordinationOptions.TickInterval"/>).</summary>
    Task TickAsync();
}
