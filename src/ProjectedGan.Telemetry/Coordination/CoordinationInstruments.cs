using System.Diagnostics.Metrics;
using ProjectedGan.Telemetry.Gauges;

namespace ProjectedGan.Telemetry.Coordination;

/// <summary>What the coordinator measures. Gauges show nothing until their first report. Thread-safe.</summary>
public sealed class CoordinationInstruments : IDisposable
{
    private const string MeterName = "ProjectedGan.Coordination";

    private readonly LatestGauge<string> _experiments = new(
        "pgan.experiments", "{experiment}", "Experiments by state.", state => [new(TelemetryAttributes.ExperimentState, state)]);

    private readonly LatestGauge<(string Role, string State)> _nodes = new(
        "pgan.nodes", "{node}", "Workers and evaluators by state.",
        key => [new(TelemetryAttributes.NodeRole, key.Role), new(TelemetryAttributes.NodeState, key.State)]);

    private readonly LatestGauge<string> _iteration = ByExperiment("iteration", "{iteration}", "Iterations that the experiment has finished.");
    private readonly LatestGauge<string> _images = ByExperiment("images", "{image}", "Real images that the experiment was trained on.");
    private readonly LatestGauge<string> _members = ByExperiment("workers", "{worker}", "Workers that train the experiment now.");
    private readonly LatestGauge<string> _epoch = ByExperiment("membership.epoch", "{epoch}", "The run's membership epoch.");
    private readonly RenewingMeter _byExperiment;
    private readonly Counter<long> _epochsEnded;
    private readonly Counter<long> _assignments;
    private readonly QueueGauges _queue;
    private readonly QueueGauges _evaluations;

    public CoordinationInstruments(IMeterFactory factory, TimeProvider time)
    {
        var meter = factory.Create(MeterName);
        _experiments.AttachTo(meter);
        _nodes.AttachTo(meter);
        _queue = new QueueGauges(time);
        _queue.AttachTo(meter, "pgan.scheduler.queue", "{experiment}", "Experiments");
        _evaluations = new QueueGauges(time);
        _evaluations.AttachTo(meter, "pgan.evaluation.queue", "{snapshot}", "Snapshots");
        _assignments = meter.CreateCounter<long>("pgan.scheduler.assignments", "{assignment}", "Assignments given to workers.");
        _epochsEnded = meter.CreateCounter<long>("pgan.membership.epochs.ended", "{epoch}", "Membership epochs that ended, by reason.");
        _byExperiment = new RenewingMeter(factory, MeterName, own =>
        {
            foreach (var gauge in ExperimentGauges)
            {
                gauge.AttachTo(own);
            }
        });
    }

    private LatestGauge<string>[] ExperimentGauges => [_iteration, _images, _members, _epoch];

    /// <summary>How many experiments are in each state; a state that is left out has none.</summary>
    public void Experiments(IReadOnlyDictionary<string, int> byState)
    {
        foreach ((var state, var count) in byState)
        {
            _experiments.Set(state, count);
        }

        _experiments.ZeroExcept([.. byState.Keys]);
    }

    /// <summary>How many nodes of each role (worker, evaluator) are in each state; what is left out has none.</summary>
    public void Nodes(IReadOnlyDictionary<(string Role, string State), int> byState)
    {
        foreach ((var key, var count) in byState)
        {
            _nodes.Set(key, count);
        }

        _nodes.ZeroExcept([.. byState.Keys]);
    }

    /// <summary>How many experiments wait, and since when the oldest does; null where none waits.</summary>
    public void QueueChanged(int length, DateTimeOffset? oldestSince) => _queue.Report(length, oldestSince);

    /// <summary>How many snapshots wait, and since when the oldest does; null where none waits.</summary>
    public void EvaluationQueueChanged(int length, DateTimeOffset? oldestSince) => _evaluations.Report(length, oldestSince);

    public void Assigned(int workers) => _assignments.Add(workers);

    /// <summary>A membership epoch has ended. The reason is one of the fixed few that the ledger knows, such as <c>worker_lost</c>.</summary>
    public void MembershipEpochEnded(string reason) => _epochsEnded.Add(1, new KeyValuePair<string, object?>(TelemetryAttributes.EndReason, reason));

    /// <summary>Where a run is. Shown until <see cref="ExperimentEnded"/>.</summary>
    public void Progress(string experiment, long iteration, long images, int workers, long epoch)
    {
        var isNew = _iteration.Set(experiment, iteration);
        _images.Set(experiment, images);
        _members.Set(experiment, workers);
        _epoch.Set(experiment, epoch);
        if (isNew)
        {
            _byExperiment.CountLabelSet();
        }
    }

    /// <summary>The experiment trains no longer: its own gauges are removed.</summary>
    public void ExperimentEnded(string experiment)
    {
        foreach (var gauge in ExperimentGauges)
        {
            gauge.RemoveWhere(key => key == experiment);
        }
    }

    public void Dispose() => _byExperiment.Dispose();

    private static LatestGauge<string> ByExperiment(string name, string unit, string description) =>
        new($"pgan.experiment.{name}", unit, description, experiment => [new(TelemetryAttributes.ExperimentId, experiment)]);
}

/// <summary>A queue's length, and the age of its oldest entry, which grows between the reports too.</summary>
internal sealed class QueueGauges(TimeProvider time)
{
    // One reference, so that a scrape never sees the length of one report and the age of another.
    private sealed record State(int Length, DateTimeOffset? OldestSince);

    private volatile State? _state;

    public void AttachTo(Meter meter, string name, string unit, string description)
    {
        meter.CreateObservableGauge($"{name}.length", Length, unit, $"{description} that wait.");
        meter.CreateObservableGauge($"{name}.oldest.age", Age, "s", $"How long the oldest of the {description.ToLowerInvariant()} has waited; 0 where none waits.");
    }

    public void Report(int length, DateTimeOffset? oldestSince) => _state = new State(length, oldestSince);

    private IEnumerable<Measurement<int>> Length() => _state is { } state ? [new Measurement<int>(state.Length)] : [];

    private IEnumerable<Measurement<double>> Age() => _state is { } state
        ? [new Measurement<double>(state.OldestSince is { } since ? Math.Max(0, (time.GetUtcNow() - since).TotalSeconds) : 0)]
        : [];
}
