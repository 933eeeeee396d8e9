using ProjectedGan.AllReduce.Reduction;
using ProjectedGan.Networks.Layers;
using ProjectedGan.Specification;
using ProjectedGan.Tensors;
using ProjectedGan.Training.State;
using static ProjectedGan.Tensors.Scalars;
using static TorchSharp.torch;

namespace ProjectedGan.Training.Iteration;

/// <summary>
/// Computes iterations for the replicas of one worker. Its state after an iteration is a function of the spec alone, whichever replicas
/// it hosts and however many lanes it has. Used by one thread.
/// </summary>
/// <remarks>
/// An iteration: 1. generator's phase on every hosted replica; 2. its gradients summed over all replicas, averaged, applied;
/// 3. discriminators' phase, ahead of 2 where it needs no new images (sharedFakes); 4. its gradients, running statistics and reported
/// figures averaged over all replicas; 5. the commit, which needs nobody else: discriminators' update, statistics, moving average of the
/// generator. A worker that loses another one before the commit goes back to the iteration's start, so that its state always is that of
/// a boundary between iterations.
/// </remarks>
internal sealed class TrainingWorker : IDisposable
{
    private readonly WorkerState _state;
    private readonly IRealBatches _batches;
    private readonly GeneratorPhase _generatorPhase;
    private readonly DiscriminatorPhase _discriminatorPhase;
    private readonly IterationUndo? _undo;
    private readonly Tensor _figures;
    private LanePool? _pool;
    private IGradientExchange? _exchange;
    private (Tensor Generator, Tensor Discriminator)? _norms;

    /// <param name="state">The worker's networks.</param>
    /// <param name="batches">Its real images.</param>
    /// <param name="recoverable">Whether an iteration that cannot be finished is undone, at the price of a copy of the generator.</param>
    public TrainingWorker(WorkerState state, IRealBatches batches, bool recoverable)
    {
        _state = state;
        _batches = batches;
        var spec = state.Spec;
        _generatorPhase = new GeneratorPhase(state);
        _discriminatorPhase = new DiscriminatorPhase(state);
        GeneratorUpdate = new GradientUpdate(spec, TrainingPhase.Generator, state.Generator);
        DiscriminatorUpdate = new GradientUpdate(spec, TrainingPhase.Discriminator, state.Discriminator);
        Average = state.Generator.Trained.Clone();
        _undo = recoverable ? new IterationUndo(state.Generator, state.Discriminator, GeneratorUpdate) : null;
        _figures = zeros([ReplicaRow.Figures], dtype: Average.Flat.dtype, device: Average.Flat.device).DetachFromDisposeScope();
    }

    /// <summary>The generator's moving average; its buffers are the generator's own.</summary>
    public FlatGroup Average { get; }

    public GradientUpdate GeneratorUpdate { get; }

    public GradientUpdate DiscriminatorUpdate { get; }

    public WorkerState State => _state;

    /// <summary>What was not finite in the last iteration.</summary>
    public List<NonFiniteGradient> NonFiniteGradients { get; } = [];

    /// <summary>Takes other replicas and another way to the other workers, at an iteration's boundary.</summary>
    /// <param name="hosted">The replicas that this worker computes from now on.</param>
    /// <param name="exchange">The way to those that host the others; stays the caller's.</param>
    /// <param name="lanes">Replicas computed side by side.</param>
    public void Join(ReplicaRange hosted, IGradientExchange exchange, int lanes)
    {
        _exchange = exchange;
        _state.Join(hosted, exchange);
        _batches.Restart(hosted);
        if (_pool?.Lanes != lanes)
        {
            _pool?.Dispose();
            _pool = new LanePool([.. Enumerable.Range(0, lanes).Select(_ => new ReplicaLane(_state))], _state.Spec.Execution.ThreadsPerReplica);
        }
    }

    /// <summary>Computes one iteration, counted from 0.</summary>
    /// <exception cref="OperationCanceledException">
    /// Another worker failed or the caller gave up. A recoverable worker is back at the iteration's start and needs a
    /// <see cref="Join"/>; another one is unusable.
    /// </exception>
    public void Step(long iteration, bool measureNorms, CancellationToken cancellationToken)
    {
        using var scope = NewDisposeScope();
        TorchRuntime.SetThreads(_state.Spec.Execution.ThreadsPerReplica);
        NonFiniteGradients.Clear();
        _undo?.Save();
        Tensor? generatorNorm, discriminatorNorm;
        try
        {
            ComputeGeneratorPhase(iteration, cancellationToken);
            if (_state.Spec.SharedFakes)
            {
                // The discriminators learn from images that are there already: the generator's gradients travel meanwhile.
                ComputeDiscriminatorPhase(iteration, cancellationToken);
                generatorNorm = UpdateGenerator(iteration, measureNorms, cancellationToken);
            }
            else
            {
                generatorNorm = UpdateGenerator(iteration, measureNorms, cancellationToken);
                ComputeDiscriminatorPhase(iteration, cancellationToken);
            }
            var (gradient, mean) = ReduceDiscriminatorPhase(iteration, cancellationToken);
            discriminatorNorm = Update(TrainingPhase.Discriminator, iteration, gradient, measureNorms);
            CommitStatistics(iteration, mean);
        }
        catch
        {
            _undo?.Restore();
            throw;
        }
        UpdateAverage(iteration);
        if (measureNorms)
        {
            _norms?.Generator.Dispose();
            _norms?.Discriminator.Dispose();
            _norms = (generatorNorm!.DetachFromDisposeScope(), discriminatorNorm!.DetachFromDisposeScope());
        }
        _state.Timings.CountIteration();
    }

    /// <summary>Sums of the figures over the iterations since the last call, on the host; reads from the device.</summary>
    public double[] TakeFigures()
    {
        using var scope = NewDisposeScope();
        var values = _figures.to_type(ScalarType.Float64).cpu().data<double>().ToArray();
        _figures.fill_(Of(0));
        return values;
    }

    /// <summary>Both norms on the host; reads from the device.</summary>
    public (double Generator, double Discriminator) TakeGradientNorms()
    {
        if (_norms is not var (generator, discriminator))
        {
            return (0, 0);
        }
        using (generator)
        using (discriminator)
        {
            _norms = null;
            return (generator.to_type(ScalarType.Float64).item<double>(), discriminator.to_type(ScalarType.Float64).item<double>());
        }
    }

    /// <summary>Everything that training changes.</summary>
    public IReadOnlyList<Tensor> Tensors() =>
    [
        .. new[] { _state.Generator, _state.Discriminator }.SelectMany(network =>
            new[] { network.Trained.Flat, network.Statistics.Flat, network.Counters.Flat, network.SpectralVectors.Flat }),
        Average.Flat,
        .. new[] { GeneratorUpdate.Adam, DiscriminatorUpdate.Adam }.SelectMany(adam => adam.FirstMoments.Concat(adam.SecondMoments)),
    ];

    public void Dispose()
    {
        _pool?.Dispose();
        _undo?.Dispose();
        GeneratorUpdate.Dispose();
        DiscriminatorUpdate.Dispose();
        Average.Dispose();
        _figures.Dispose();
        _norms?.Generator.Dispose();
        _norms?.Discriminator.Dispose();
        _batches.Dispose();
        _state.Dispose();
    }

    // Whether both phases see the iteration's real images.
    private bool IsPairing => _state.Spec.Loss.Kind == LossKind.Relativistic;

    private void ComputeGeneratorPhase(long iteration, CancellationToken cancellationToken)
    {
        using (_state.Timings.Measure(IterationPart.PowerIteration))
        {
            SpectralNormalization.PowerIterate(_state.Generator.Module);
            IterateDiscriminator(seesReal: IsPairing);
        }
        _state.GeneratorGradients.Begin(iteration);
        EachReplica(
            (lane, replica) =>
            {
                var state = _state.Replica(replica);
                state.Real = IsPairing ? TakeBatch(iteration, replica, cancellationToken) : null;
                _generatorPhase.Run(lane, replica, iteration, state.Real);
            },
            cancellationToken);
    }

    private Tensor? UpdateGenerator(long iteration, bool measureNorm, CancellationToken cancellationToken)
    {
        Tensor gradient;
        using (_state.Timings.Measure(IterationPart.Reduction))
        {
            gradient = _state.GeneratorGradients.Average(cancellationToken);
        }
        return Update(TrainingPhase.Generator, iteration, gradient, measureNorm);
    }

    private void ComputeDiscriminatorPhase(long iteration, CancellationToken cancellationToken)
    {
        using (_state.Timings.Measure(IterationPart.PowerIteration))
        {
            if (!_state.Spec.SharedFakes)
            {
                SpectralNormalization.PowerIterate(_state.Generator.Module);
            }
            IterateDiscriminator(seesReal: true);
        }
        _state.DiscriminatorGradients.Begin(iteration);
        EachReplica(
            (lane, replica) =>
            {
                var state = _state.Replica(replica);
                using var real = state.Real ?? TakeBatch(iteration, replica, cancellationToken);
                state.Real = null;
                _discriminatorPhase.Run(lane, replica, iteration, real);
            },
            cancellationToken);
    }

    // Once for each forward pass of the phase that comes.
    private void IterateDiscriminator(bool seesReal)
    {
        SpectralNormalization.PowerIterate(_state.Discriminator.Module);
        _state.VectorsForGenerated.CopyFrom(_state.Discriminator.SpectralVectors);
        if (seesReal)
        {
            SpectralNormalization.PowerIterate(_state.Discriminator.Module);
        }
    }

    private (Tensor Gradient, Tensor Statistics) ReduceDiscriminatorPhase(long iteration, CancellationToken cancellationToken)
    {
        using var measured = _state.Timings.Measure(IterationPart.Reduction);
        var statistics = _exchange!.Submit(new ReductionKey(iteration, ReductionPhase.Statistics, 0), _state.Statistics.Finish());
        var gradient = _state.DiscriminatorGradients.Average(cancellationToken);
        var mean = statistics.Wait(cancellationToken);
        return (gradient, _state.Spec.Replicas > 1 ? mean.mul_(Of(1.0 / _state.Spec.Replicas)) : mean);
    }

    private void EachReplica(Action<ReplicaLane, int> phase, CancellationToken cancellationToken)
    {
        var next = _state.Hosted.First - 1;
        using var failure = new CancellationTokenSource();
        _pool!.Run(lane =>
        {
            while (!failure.IsCancellationRequested && Interlocked.Increment(ref next) is var replica && replica < _state.Hosted.End)
            {
                try
                {
                    cancellationToken.ThrowIfCancellationRequested();
                    phase(lane, replica);
                }
                catch
                {
                    // The iteration is lost: the other lanes start nothing more.
                    failure.Cancel();
                    throw;
                }
            }
        });
    }

    private RealBatch TakeBatch(long iteration, int replica, CancellationToken cancellationToken)
    {
        using var measured = _state.Timings.Measure(IterationPart.DataWait);
        return _batches.Take(iteration, replica, cancellationToken);
    }

    private Tensor? Update(TrainingPhase phase, long iteration, Tensor gradient, bool measureNorm)
    {
        var generator = phase == TrainingPhase.Generator;
        var network = generator ? _state.Generator : _state.Discriminator;
        var update = generator ? GeneratorUpdate : DiscriminatorUpdate;
        using var measured = _state.Timings.Measure(IterationPart.Optimizer);
        if (update.Apply(gradient, iteration, _state.Replicas.Select(replica => (replica, _state.Replica(replica).GradientProbe(phase)))) is { } found)
        {
            NonFiniteGradients.Add(found);
        }
        Report(phase, network, gradient);
        return measureNorm ? gradient.norm() : null;
    }

    private void CommitStatistics(long iteration, Tensor mean)
    {
        _state.Generator.Statistics.CopyFrom(_state.Row.Generator(mean));
        _state.Discriminator.Statistics.CopyFrom(_state.Row.Discriminator(mean));
        _figures.AddInPlace(_state.Row.Reported(mean));
        var first = _state.Replica(_state.Hosted.First);
        _state.Generator.Counters.CopyFrom(first.GeneratorCounters!);
        _state.Discriminator.Counters.CopyFrom(first.DiscriminatorCounters!);
        Adapt(iteration, mean);
        _state.Statistics.Reset();
    }

    private void Adapt(long iteration, Tensor mean)
    {
        if (Adaptation.IsNeeded(_state.Spec))
        {
            var reported = _state.Row.Reported(mean).to_type(ScalarType.Float64).cpu().data<double>();
            _state.Adaptation = _state.Adaptation.Next(_state.Spec, iteration, reported[ReplicaRow.RealAccuracy], reported[ReplicaRow.PathLength]);
        }
    }

    private void UpdateAverage(long iteration)
    {
        using var measured = _state.Timings.Measure(IterationPart.Ema);
        var beta = _state.Spec.Ema.Beta(_state.ImagesSeen(iteration), _state.Spec.Batch);
        MovingAverage.Update(Average.Flat, _state.Generator.Trained.Flat, beta);
    }

    private void Report(TrainingPhase phase, NetworkState network, Tensor gradient)
    {
        if (_state.Probe is { } probe)
        {
            using var gradients = network.Trained.HostCopy(gradient);
            probe.Gradients(phase, gradients.Named);
            probe.Parameters(phase, network.Trained.Named);
        }
    }
}
