using System.Diagnostics;
using ProjectedGan.AllReduce.Reduction;
using ProjectedGan.Data.Datasets;
using ProjectedGan.Foundation;
using ProjectedGan.Specification;
using ProjectedGan.Tensors;
using ProjectedGan.Training.Checkpoints;
using ProjectedGan.Training.Iteration;

namespace ProjectedGan.Training.Runs;

/// <summary>
/// Trains a Projected GAN (paper, section 3): the loop around iterations, with reports, snapshots, checkpoints and resuming. The
/// weights after an iteration are a function of the spec and the data set alone, bit for bit. Used by one thread.
/// </summary>
public sealed class Trainer : IDisposable
{
    // A replica's loss may overflow now and then; when all have none for so long, nothing is learned any more, whatever becomes of the gradients.
    private const int MostLostIterations = 5;

    private readonly TrainingSpec _spec;
    private readonly TrainerOptions _options;
    private readonly TrainingWorker _worker;
    private readonly RunClock _clock = new();
    private readonly CheckpointStore? _store;
    private readonly CheckpointWriter? _writer;
    private readonly ITrainingObserver? _observer;
    private readonly string? _datasetHash;
    private readonly string _featureNetworkHash;
    private CancellationToken _abort;
    private bool _leads = true;
    private long _nonFiniteElements;
    private long _reportedNonFiniteElements;
    private long _checkpointed = -1;
    private long _lostIterations;

    private Trainer(TrainingSpec spec, TrainerOptions options, TrainingWorker worker, string? datasetHash)
    {
        _spec = spec;
        _options = options;
        _worker = worker;
        _observer = options.Observer;
        _datasetHash = datasetHash;
        _abort = options.Abort;
        _featureNetworkHash = NetworkHash.Of(worker.State.Projector.Network);
        if (options.CheckpointFolder is { } folder)
        {
            _store = new CheckpointStore(folder, spec.Schedule.KeepCheckpoints);
            _writer = !options.WritesCheckpoints ? null : new CheckpointWriter(
                _store, written => _observer?.CheckpointWritten(written), failure => _observer?.CheckpointFailed(failure));
        }
    }

    /// <summary>Completed iterations.</summary>
    public long Iteration { get; private set; }

    /// <summary>Real images shown.</summary>
    public long ImagesSeen => Iteration * _spec.Batch;

    /// <summary>The iteration at which the run is complete.</summary>
    public long LastIteration => (_spec.TotalImages + _spec.Batch - 1) / _spec.Batch;

    public bool IsComplete => Iteration >= LastIteration;

    /// <summary>Where the time goes; with an observer it starts anew at each report.</summary>
    public PhaseTimings Timings => _worker.State.Timings;

    internal TrainingWorker Worker => _worker;

    /// <summary>Builds a worker and, where its folder has a checkpoint, continues from the newest whole one.</summary>
    /// <param name="spec">Checked here.</param>
    /// <param name="dataset">The images, all of them and without the spec's mirroring; stays the caller's. Null where the options replace batches and draws.</param>
    /// <param name="options">How this worker takes part.</param>
    /// <exception cref="SpecException">The spec is wrong or does not fit the data set.</exception>
    /// <exception cref="PganException">The device is missing, a weights file is unusable, or the checkpoint is of another spec.</exception>
    public static Trainer Create(TrainingSpec spec, IImageDataset? dataset, TrainerOptions? options = null)
    {
        options ??= new TrainerOptions();
        TrainingSpecValidator.ThrowIfInvalid(spec);
        TrainerSetup.Check(spec, dataset, options);
        if (dataset is not null && spec.Data.Images > 0)
        {
            dataset = new SubsetDataset(dataset, spec.Data.Images, spec.Seed);
        }
        if (dataset is not null && spec.Data.Mirror)
        {
            dataset = new MirroredDataset(dataset);
        }
        var datasetHash = options.CheckpointFolder is null ? null : dataset?.Hash;
        var worker = TrainerSetup.CreateWorker(spec, dataset, options);
        try
        {
            var trainer = new Trainer(spec, options, worker, datasetHash);
            if (!options.Elastic)
            {
                trainer.Restore();
            }
            return trainer;
        }
        catch
        {
            worker.Dispose();
            throw;
        }
    }

    /// <summary>Takes a part in a run whose workers change: needed before an elastic trainer runs, and again after an abort.</summary>
    /// <param name="hosted">The replicas that this worker computes; with replica 0 it leads, which is to say writes the checkpoints. Snapshots are shown by all.</param>
    /// <param name="exchange">The way to the other workers; null where this one hosts all replicas. Stays the caller's.</param>
    /// <param name="abort">
    /// Ends <see cref="Run(CancellationToken)"/> within the iteration, which is undone, with an <see cref="OperationCanceledException"/>.
    /// </param>
    /// <exception cref="InvalidOperationException">The trainer is not elastic.</exception>
    public void Join(ReplicaRange hosted, IGradientExchange? exchange, CancellationToken abort)
    {
        if (!_options.Elastic)
        {
            throw new InvalidOperationException("Only an elastic trainer changes its part in a run.");
        }
        _abort = abort;
        _leads = hosted.First == 0;
        _worker.Join(hosted, exchange ?? new InProcessExchange(_worker.State.Tree, 1).Join(), TrainerSetup.Lanes(_spec, _options, hosted));
    }

    /// <summary>The state between two iterations, to copy from or into.</summary>
    public TrainerState State() => new(
        new TrainerState.Counters(
            Iteration, _worker.GeneratorUpdate.Adam.StepCount, _worker.DiscriminatorUpdate.Adam.StepCount, _nonFiniteElements, _clock.Elapsed.TotalSeconds,
            _worker.State.Adaptation).ToBytes(),
        _worker.Tensors());

    /// <summary>
    /// The state is about to be overwritten piece by piece: until it is whole again, the trainer is at no iteration (-1). What was counted for the
    /// next report is of a state that is gone.
    /// </summary>
    public void Forget()
    {
        Iteration = _checkpointed = -1;
        _lostIterations = 0;
        _worker.TakeFigures();
        TakeDeferredCounts();
        Timings.Reset();
    }

    /// <summary>Goes on as the worker whose header this is, whose tensors have been copied into <see cref="State"/>'s.</summary>
    /// <exception cref="PganException">The header is damaged.</exception>
    public void Adopt(byte[] header)
    {
        var counters = TrainerState.Counters.Parse(header);
        Forget();
        Iteration = counters.Iteration;
        _worker.GeneratorUpdate.Adam.StepCount = counters.GeneratorSteps;
        _worker.DiscriminatorUpdate.Adam.StepCount = counters.DiscriminatorSteps;
        _worker.State.Adaptation = counters.Adaptation;
        _nonFiniteElements = _reportedNonFiniteElements = counters.NonFiniteElements;
        _clock.Elapsed = TimeSpan.FromSeconds(counters.TrainingSeconds);
    }

    /// <summary>Goes on from a checkpoint.</summary>
    /// <exception cref="PganException">It is of another spec, data set or feature network, or does not fit.</exception>
    public void Load(Checkpoint checkpoint)
    {
        CheckpointLoader.RequireSame(checkpoint, _spec, _datasetHash, _featureNetworkHash);
        Forget();
        CheckpointLoader.Load(checkpoint, _worker);
        Iteration = _checkpointed = checkpoint.Manifest.Iteration;
        _nonFiniteElements = _reportedNonFiniteElements = checkpoint.Manifest.NonFiniteElements;
        _clock.Elapsed = TimeSpan.FromSeconds(checkpoint.Manifest.TrainingSeconds);
        _observer?.Resumed(checkpoint);
    }

    /// <summary>Writes a checkpoint now and waits for it; does nothing without a folder or where a whole one of this iteration was written before.</summary>
    /// <exception cref="PganException">It cannot be written.</exception>
    public void WriteCheckpoint()
    {
        if (_writer is null)
        {
            return;
        }
        try
        {
            var wasWritten = _checkpointed == Iteration;
            SaveCheckpoint();
            _writer.Finish();
            if (wasWritten && !_store!.IsWhole(Iteration))
            {
                // Damaged since.
                _checkpointed = -1;
                SaveCheckpoint();
                _writer.Finish();
            }
        }
        catch (PganException)
        {
            // The next call tries again.
            _checkpointed = -1;
            throw;
        }
    }

    /// <summary>
    /// Begins to write a checkpoint where one has been due since the newest that the run has: the worker that was to bring it is gone. Does nothing
    /// where this one does not lead or has written it. At the run's end the last one is written again, or at least told of, by <see cref="Run(CancellationToken)"/>.
    /// </summary>
    /// <param name="saved">The iteration of the newest checkpoint that outlasts the workers; -1 without one.</param>
    public void CatchUp(long saved)
    {
        var every = _spec.Schedule.CheckpointImages;
        var newest = Math.Max(Math.Max(saved, _checkpointed), 0) * _spec.Batch;
        if (IsComplete)
        {
            // It was lost or damaged on its way.
            _checkpointed = saved < Iteration ? -1 : _checkpointed;
        }
        else if (_writer is not null && _leads && every > 0 && ImagesSeen / every > newest / every)
        {
            SaveCheckpoint();
        }
    }

    /// <summary>Trains until the spec's end.</summary>
    /// <param name="stop">Ends training at the next iteration's boundary, with a checkpoint and without an exception.</param>
    /// <exception cref="NonFiniteGradientException">The non-finite policy stops the run, or losses have not been finite for several iterations.</exception>
    /// <exception cref="PganException">Data cannot be read, or the last checkpoint cannot be written.</exception>
    public void Run(CancellationToken stop) => Run(LastIteration, stop);

    /// <summary>Trains until an iteration, at most the spec's last, and writes a checkpoint there.</summary>
    /// <inheritdoc cref="Run(CancellationToken)"/>
    public void Run(long untilIteration, CancellationToken stop)
    {
        var last = Math.Min(untilIteration, LastIteration);
        _clock.Start();
        if (Iteration == 0)
        {
            ShowBoth(always: true);
        }
        try
        {
            while (Iteration < last && !(_options.Agreement?.StopsBefore(Iteration, stop) ?? stop.IsCancellationRequested))
            {
                RunIteration(last);
            }
        }
        finally
        {
            _clock.Stop();
        }
        if (_leads)
        {
            WriteCheckpoint();
        }
    }

    /// <summary>Trains on a thread of its own; see <see cref="Run(CancellationToken)"/>.</summary>
    public Task RunAsync(CancellationToken stop)
    {
        var completion = new TaskCompletionSource(TaskCreationOptions.RunContinuationsAsynchronously);
        var thread = new Thread(() =>
        {
            try
            {
                Run(stop);
                completion.SetResult();
            }
            catch (Exception error)
            {
                completion.SetException(error);
            }
        })
        { IsBackground = true, Name = "training" };
        thread.Start();
        return completion.Task;
    }

    /// <summary>The averaged generator as it is now.</summary>
    public GeneratorSnapshot TakeSnapshot() => new(
        Iteration, ImagesSeen, _clock.Elapsed, _worker.State.Generator, _worker.Average, _worker.State.Factory);

    /// <summary>SHA-256 over everything that training has changed: both networks with their buffers, the average, Adam's moments.</summary>
    public string StateHash() => Bytes.Hash(_worker.Tensors());

    public void Dispose()
    {
        try
        {
            _writer?.Finish();
        }
        catch (PganException)
        {
            // The observer has been told.
        }
        _worker.Dispose();
    }

    private void RunIteration(long last)
    {
        var next = (Iteration + 1) * _spec.Batch;
        var reports = _observer is not null && (Iteration + 1 == last || IsDue(_spec.Schedule.ReportImages, next));
        var before = Timings.Totals();
        var start = Stopwatch.GetTimestamp();
        _worker.Step(Iteration, measuresNorms: reports, _abort);
        Iteration++;
        _observer?.Iterated(new IterationTiming(
            Iteration, Stopwatch.GetElapsedTime(start), _worker.State.Hosted.Count * _worker.State.ReplicaBatch,
            [.. Timings.Totals().Zip(before, (after, earlier) => after - earlier)]));
        foreach (var gradient in _worker.NonFiniteGradients)
        {
            _nonFiniteElements += gradient.Counts.Total;
            _observer?.NonFinite(gradient);
        }
        if (reports)
        {
            Report();
        }
        var ends = Iteration == LastIteration;
        ShowBoth(always: ends);
        if (_writer is not null && _leads && IsDue(_spec.Schedule.CheckpointImages, ImagesSeen))
        {
            SaveCheckpoint();
        }
    }

    // Due in the iteration that reaches or passes a multiple.
    private bool IsDue(long every, long imagesSeen) => every > 0 && imagesSeen / every > (imagesSeen - _spec.Batch) / every;

    private void ShowBoth(bool always)
    {
        Show(_spec.Schedule.EvaluationImages, snapshot => _observer!.Evaluate(snapshot), always);
        Show(_spec.Schedule.SnapshotImages, snapshot => _observer!.Snapshot(snapshot), always);
    }

    private void Show(long every, Action<GeneratorSnapshot> show, bool always)
    {
        if (_observer is not null && every > 0 && (always || IsDue(every, ImagesSeen)))
        {
            show(TakeSnapshot());
        }
    }

    private void Report()
    {
        _nonFiniteElements += TakeDeferredCounts();
        var figures = _worker.TakeFigures();
        var count = Math.Max(1, Timings.Iterations);
        var norms = _worker.TakeGradientNorms();
        var lap = _clock.Lap();
        _observer!.Report(new TrainingReport
        {
            Iteration = Iteration,
            ImagesSeen = ImagesSeen,
            TotalImages = LastIteration * _spec.Batch,
            TrainingTime = _clock.Elapsed,
            ImagesPerSecond = count * _spec.Batch / Math.Max(lap.TotalSeconds, 1e-9),
            GeneratorLoss = figures[0] / count,
            GeneratedLoss = figures[1] / count,
            RealLoss = figures[2] / count,
            GeneratedAccuracy = figures[3] / count,
            RealAccuracy = figures[4] / count,
            AugmentationProbability = _spec.Augmentation.IsAdaptive ? _worker.State.Adaptation.Probability : null,
            GeneratorGradientNorm = norms.Generator,
            DiscriminatorGradientNorm = norms.Discriminator,
            NonFiniteElements = _nonFiniteElements,
            NewNonFiniteElements = _nonFiniteElements - _reportedNonFiniteElements,
            Timings = Timings.Means(),
        });
        Timings.Reset();
        _reportedNonFiniteElements = _nonFiniteElements;
        // A mean of shares, which is rounded: one replica with finite losses in one iteration would lack a whole share.
        _lostIterations = figures[ReplicaRow.Lost] > count - (0.5 / _spec.Replicas) ? _lostIterations + count : 0;
        if (_lostIterations >= MostLostIterations)
        {
            throw new NonFiniteGradientException(
                $"The losses of all replicas have been NaN or infinite for {_lostIterations} iterations, up to iteration {Iteration}: nothing is learned any more, and training stops. "
                + "Look at features.weights ('pgan weights import' refuses what is not finite), or lower the learning rates; checkpoints stay as they are.");
        }
    }

    private long TakeDeferredCounts() => _worker.GeneratorUpdate.TakeDeferredCount() + _worker.DiscriminatorUpdate.TakeDeferredCount();

    private void Restore()
    {
        if (_store?.Newest(warning => _observer?.Warning(warning)) is { } checkpoint)
        {
            Load(checkpoint);
        }
    }

    private void SaveCheckpoint()
    {
        if (_checkpointed == Iteration)
        {
            return;
        }
        _checkpointed = Iteration;
        _writer!.Begin(new TrainingSnapshot(_worker, new CheckpointManifest
        {
            SpecHash = SpecHash.Compute(_spec),
            Spec = SpecSchema.Fields.Where(field => field.DeterminesResult).ToDictionary(field => field.Path, field => field.Text(_spec)),
            DatasetHash = _datasetHash,
            FeatureNetworkHash = _featureNetworkHash,
            FeatureNetworkWeights = _spec.Features.Weights,
            Iteration = Iteration,
            ImagesSeen = ImagesSeen,
            GeneratorSteps = _worker.GeneratorUpdate.Adam.StepCount,
            DiscriminatorSteps = _worker.DiscriminatorUpdate.Adam.StepCount,
            NonFiniteElements = _nonFiniteElements,
            TrainingSeconds = _clock.Elapsed.TotalSeconds,
            Adaptation = _worker.State.Adaptation,
        }));
    }
}
