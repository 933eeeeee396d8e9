using System.Collections.Immutable;
using Orleans.Concurrency;

namespace ProjectedGan.Coordinator.Contracts;

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

/// <summary>Who an evaluator is.</summary>
[GenerateSerializer, Immutable]
public sealed record EvaluatorRegistration
{
    /// <summary>Stable over reconnections of one process, new for each process.</summary>
    [Id(0)]
    public required string Id { get; init; }

    /// <summary>For people.</summary>
    [Id(1)]
    public required string Name { get; init; }

    [Id(2)]
    public required string DeviceKind { get; init; }

    [Id(3)]
    public string Device { get; init; } = "";

    [Id(4)]
    public string Version { get; init; } = "";
}

/// <summary>An evaluator's heartbeat.</summary>
[GenerateSerializer, Immutable]
public sealed record EvaluatorStatus
{
    /// <summary>The task under way; empty when idle.</summary>
    [Id(0)]
    public string Task { get; init; } = "";

    /// <summary>0 to 1.</summary>
    [Id(1)]
    public double Progress { get; init; }

    [Id(2)]
    public bool Draining { get; init; }
}

/// <summary>What an evaluator should do; a higher version replaces a lower one.</summary>
[GenerateSerializer, Immutable]
public sealed record EvaluatorCommand
{
    [Id(0)]
    public required long Version { get; init; }

    /// <summary>Null: nothing; a task under way is dropped.</summary>
    [Id(1)]
    public EvaluationTask? Task { get; init; }
}

/// <summary>A snapshot to evaluate.</summary>
[GenerateSerializer, Immutable]
public sealed record EvaluationTask
{
    /// <summary>New for each attempt.</summary>
    [Id(0)]
    public required string Id { get; init; }

    [Id(1)]
    public required RunDescription Run { get; init; }

    [Id(2)]
    public required long Images { get; init; }

    [Id(3)]
    public required ArtifactReference Snapshot { get; init; }

    [Id(4)]
    public string TraceParent { get; init; } = "";

    /// <summary>Compute metrics; else only draw the grid.</summary>
    [Id(5)]
    public bool Measure { get; init; } = true;
}

/// <summary>What came of an evaluation.</summary>
[GenerateSerializer, Immutable]
public sealed record EvaluationOutcome
{
    /// <summary>In the spec's order; the first one decides which snapshot is the best.</summary>
    [Id(0)]
    public ImmutableArray<MetricRecord> Metrics { get; init; } = [];

    [Id(1)]
    public ArtifactReference? Grid { get; init; }

    /// <summary>Empty for success.</summary>
    [Id(2)]
    public string Error { get; init; } = "";

    [Id(3)]
    public TimeSpan Duration { get; init; }

    [Id(4)]
    public ArtifactReference? Walk { get; init; }

    [Id(5)]
    public ArtifactReference? Neighbours { get; init; }
}

/// <summary>An evaluator in a list.</summary>
[GenerateSerializer, Immutable]
public sealed record EvaluatorSummary
{
    [Id(0)]
    public required EvaluatorRegistration Registration { get; init; }

    /// <summary>idle, evaluating, draining or lost.</summary>
    [Id(1)]
    public required string State { get; init; }

    /// <summary>Empty without one.</summary>
    [Id(2)]
    public string Experiment { get; init; } = "";

    /// <summary>Images of the snapshot under evaluation.</summary>
    [Id(3)]
    public long Images { get; init; }

    /// <summary>0 to 1.</summary>
    [Id(4)]
    public double Progress { get; init; }

    [Id(5)]
    public DateTimeOffset Registered { get; init; }

    [Id(6)]
    public DateTimeOffset LastHeartbeat { get; init; }
}

/// <summary>The evaluation queue as an operator sees it.</summary>
[GenerateSerializer, Immutable]
public sealed record EvaluationQueueSummary
{
    [Id(0)]
    public required ImmutableArray<EvaluatorSummary> Evaluators { get; init; }

    /// <summary>Snapshots that wait.</summary>
    [Id(1)]
    public required int Queued { get; init; }

    /// <summary>Snapshots under evaluation.</summary>
    [Id(2)]
    public required int Running { get; init; }

    /// <summary>When the oldest waiting one was queued.</summary>
    [Id(3)]
    public DateTimeOffset? OldestQueued { get; init; }
}
