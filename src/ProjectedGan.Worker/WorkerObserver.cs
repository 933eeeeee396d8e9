using System.Diagnostics;
using Google.Protobuf.WellKnownTypes;
using ProjectedGan.AllReduce.Groups;
using ProjectedGan.AllReduce.Reduction;
using ProjectedGan.Hosting.Links;
using ProjectedGan.Protocol.V1;
using ProjectedGan.Specification;
using ProjectedGan.Telemetry.Tracing;
using ProjectedGan.Training.Checkpoints;
using ProjectedGan.Training.Iteration;
using ProjectedGan.Training.Runs;

namespace ProjectedGan.Worker;

/// <summary>Carries what a trainer tells to the coordinator, to the uploads and to the metrics; never makes the training wait.</summary>
internal sealed class WorkerObserver : ITrainingObserver, IAsyncDisposable
{
    private readonly string _run;
    private readonly TrainingSpec _spec;
    private readonly HostedRunServices _services;
    private readonly RunUploads _uploads;
    private WorkerState? _state;
    private long _epoch;
    private ActivityContext _submission;
    private bool _leads;
    private long _lastNonFinite = long.MinValue / 2;
    private bool _toldOfNonFinite;

    public WorkerObserver(string run, TrainingSpec spec, HostedRunServices services)
    {
        _run = run;
        _spec = spec;
        _services = services;
        _uploads = new RunUploads(run, spec, services);
    }

    /// <summary>A membership epoch begins.</summary>
    /// <param name="assignment">Its number, and the trace of the submission.</param>
    /// <param name="leads">Whether this worker speaks for the run.</param>
    /// <param name="state">Where suspicions go.</param>
    public void Begin(Assignment assignment, bool leads, WorkerState state)
    {
        (_epoch, _leads, _state, _submission) = (assignment.Epoch, leads, state, TraceContext.Parse(assignment.Traceparent));
        _uploads.Begin(leads);
    }

    /// <inheritdoc cref="RunUploads.Conclude"/>
    public void Conclude() => _uploads.Conclude();

    /// <inheritdoc cref="RunUploads.Recorded"/>
    public void Recorded(long images) => _uploads.Recorded(images);

    public void Iterated(IterationTiming timing)
    {
        _services.Instruments.Iterated(timing);
        // The iteration is over: its span is written with hindsight.
        using var span = Spans.StartIteration(_run, timing.Iteration, _submission);
        if (span is { IsAllDataRequested: true })
        {
            span.SetStartTime(_services.Time.GetUtcNow().UtcDateTime - timing.Duration);
            WorkerInstruments.AddPhases(span, timing);
        }
    }

    public void ImagesTaken(long iteration, int replica, IReadOnlyList<int> images) =>
        _services.Ledger?.Add(_run, _epoch, iteration, replica, images);

    public void Report(TrainingReport report)
    {
        _services.Instruments.Report(report);
        if (_leads)
        {
            if (report.NewNonFiniteElements > 0)
            {
                // Where the device is not asked in each iteration, this is the first that is known of them.
                TellOfNonFinite($"Up to iteration {report.Iteration}, {report.NewNonFiniteElements} elements of gradients were NaN or infinite.");
            }
            _services.Send(new WorkerMessage { Report = new RunReport { Run = _run, Epoch = _epoch, Progress = Progress(report) } }, Importance.Passing);
        }
    }

    public void Snapshot(GeneratorSnapshot snapshot) => _uploads.Add(snapshot, isMeasured: false);

    public void Evaluate(GeneratorSnapshot snapshot) => _uploads.Add(snapshot, isMeasured: _spec.Evaluation.Metrics.Length > 0);

    public void NonFinite(NonFiniteGradient gradient)
    {
        HostedRunLog.Degraded(_services.Logger, _run, gradient.ToString());
        _services.Instruments.NonFinite(gradient);
        // All members see the sum; the leader tells of it, and those that know which replicas it comes from.
        if (_leads || gradient.Replicas.Count > 0)
        {
            TellOfNonFinite(gradient.ToString());
        }
        if (gradient.Replicas.Count == 0)
        {
            return;
        }
        // A diverging run has such gradients now and then and on any worker; a broken one has them again and again. The members whose own
        // replicas are finite say nothing: the coordinator sees who stands alone.
        var isRepeated = gradient.Iteration - _lastNonFinite is 0 or 1;
        _lastNonFinite = gradient.Iteration;
        if (isRepeated)
        {
            _state?.Suspect(_services.Worker, Suspicion.Types.Kind.NonFinite, gradient.ToString());
        }
    }

    public void CheckpointWritten(string folder) => _uploads.Add(folder);

    public void CheckpointFailed(string message)
    {
        HostedRunLog.Degraded(_services.Logger, _run, message);
        _services.Send(new WorkerMessage { Log = new NodeLog { Run = _run, Level = "warning", Text = message } }, Importance.Passing);
    }

    public void Warning(string message) => HostedRunLog.Degraded(_services.Logger, _run, message);

    /// <summary>Hands a checkpoint to the uploads, also where it was written before; one behind it is of iterations that are trained again.</summary>
    public void OfferCheckpoint(string folder, long iteration) => _uploads.Add(new CheckpointStore(folder, _spec.Schedule.KeepCheckpoints).Folder(iteration));

    public ValueTask DisposeAsync() => _uploads.DisposeAsync();

    // The first says that something is wrong; a run that diverges has thousands.
    private void TellOfNonFinite(string message)
    {
        if (!_toldOfNonFinite)
        {
            _toldOfNonFinite = true;
            _services.Send(new WorkerMessage { Log = new NodeLog { Run = _run, Level = "warning", Text = message } }, Importance.Passing);
        }
    }

    private Progress Progress(TrainingReport report)
    {
        var left = (report.TotalImages - report.ImagesSeen) / Math.Max(report.ImagesPerSecond, 1e-6);
        Progress progress = new()
        {
            Iteration = report.Iteration,
            Images = report.ImagesSeen,
            ImagesPerSecond = report.ImagesPerSecond,
            GeneratorLoss = report.GeneratorLoss,
            DiscriminatorLossGenerated = report.GeneratedLoss,
            DiscriminatorLossReal = report.RealLoss,
            AccuracyGenerated = report.GeneratedAccuracy,
            AccuracyReal = report.RealAccuracy,
            GeneratorGradientNorm = report.GeneratorGradientNorm,
            DiscriminatorGradientNorm = report.DiscriminatorGradientNorm,
            NonFiniteElements = report.NonFiniteElements,
            TrainingTime = Duration.FromTimeSpan(report.TrainingTime),
            Remaining = Duration.FromTimeSpan(TimeSpan.FromSeconds(Math.Min(left, TimeSpan.FromDays(3650).TotalSeconds))),
            Time = Timestamp.FromDateTimeOffset(_services.Time.GetUtcNow()),
        };
        progress.PhaseSeconds.Add(report.Timings.ToDictionary(part => part.Key.ToString(), part => part.Value.TotalSeconds));
        return progress;
    }
}

/// <summary>Turns what happens between peers into suspicions and figures. A peer's failure ends this worker's part of the epoch.</summary>
internal sealed class PeerObserver(WorkerState state, WorkerInstruments instruments, CancellationTokenSource abort) : ICollectiveObserver
{
    /// <summary>The trouble that came first; null while there is none. What it then breaks says less.</summary>
    public string? Trouble { get; private set; }

    public void PeerUnreachable(string worker, string detail) => Blame(worker, Suspicion.Types.Kind.Unreachable, detail);

    public void ChecksumFailed(string worker, string detail) => Blame(worker, Suspicion.Types.Kind.Checksum, detail);

    public void Refused(string worker, RefusalReason reason) => instruments.Refused(reason);

    public void BytesSent(string worker, long bytes) => instruments.Sent(bytes);

    public void BytesReceived(string worker, long bytes) => instruments.Received(bytes);

    public void Reduced(ReductionKey key, TimeSpan duration, TimeSpan exposedWait) => instruments.Reduced(key, duration, exposedWait);

    public void StateSent(string worker, long bytes, TimeSpan duration) => instruments.StateSent(bytes, duration);

    private void Blame(string worker, Suspicion.Types.Kind kind, string detail)
    {
        Trouble ??= detail;
        state.Suspect(worker, kind, detail);
        instruments.Suspected(kind.ToString());
        try
        {
            // Not here: what ends the epoch waits for threads such as this one.
            _ = abort.CancelAsync();
        }
        catch (ObjectDisposedException)
        {
            // The epoch was over already.
        }
    }
}
