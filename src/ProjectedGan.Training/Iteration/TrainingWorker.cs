using ProjectedGan.Networks;
using ProjectedGan.Torch;
using ProjectedGan.Training.Reduction;
using ProjectedGan.Training.State;
using static TorchSharp.torch;

namespace ProjectedGan.Training.Iteration;

/// <summary>
/// Computes iterations for the replicas of one worker. Its state after an iteration is a function of the spec alone, whichever replicas
/// it hosts and however many lanes it has. Used by one thread.
/// </summary>
/// <remarks>
/// An iteration: 1. generator's phase on every hosted replica; 2. its gradients summed over all replicas, averaged, applied;
/// 3. discriminators' phase; 4. likewise; 5. running statistics and reported figures averaged; 6. moving average of the generator.
/// </remarks>
internal sealed class TrainingWorker : IDisposable
{
    private readonly WorkerState _state;
    private readonly LanePool _pool;
    private readonly List<ReplicaLane> _lanes;
    private readonly IRealBatches _batches;
    private readonly GradientReduction _reduction;
    private readonly GeneratorPhase _generatorPhase;
    private readonly DiscriminatorPhase _discriminatorPhase;
    private readonly Lock _nextLock = new();
    private readonly Tensor _figures;
    private (Tensor Generator, Tensor Discriminator)? _norms;
    private int _next;

    public TrainingWorker(WorkerState state, IRealBatches batches, IGradientExchange exchange, int lanes, long bucketElements)
    {
        _state = state;
        _batches = batches;
        var spec = state.Spec;
        _reduction = new GradientReduction(exchange, spec.Replicas, bucketElements);
        _lanes = [.. Enumerable.Range(0, lanes).Select(_ => new ReplicaLane(
            state.Factory.CreateEmptyGenerator(), state.Generator, state.Factory.CreateEmptyDiscriminator(state.Projector), state.Discriminator))];
        _pool = new LanePool(_lanes, spec.Execution.ThreadsPerReplica);
        _generatorPhase = new GeneratorPhase(state);
        _discriminatorPhase = new DiscriminatorPhase(state);
        GeneratorUpdate = new GradientUpdate(spec, TrainingPhase.Generator, state.Generator);
        DiscriminatorUpdate = new GradientUpdate(spec, TrainingPhase.Discriminator, state.Discriminator);
        Average = state.Generator.Trained.Clone();
        _figures = zeros([ReplicaRow.Figures], dtype: Average.Flat.dtype, device: Average.Flat.device).DetachFromDisposeScope();
    }

    /// <summary>The generator's moving average; its buffers are the generator's own.</summary>
    public FlatGroup Average { get; }

    public GradientUpdate GeneratorUpdate { get; }

    public GradientUpdate DiscriminatorUpdate { get; }

    public WorkerState State => _state;

    /// <summary>What was not finite in the last iteration.</summary>
    public List<NonFiniteGradient> NonFiniteGradients { get; } = [];

    /// <summary>Computes one iteration, counted from 0.</summary>
    /// <exception cref="OperationCanceledException">Another worker failed or the caller gave up: the state is unusable.</exception>
    public void Step(long iteration, bool measureNorms, CancellationToken cancellationToken)
    {
        using var scope = NewDisposeScope();
        TorchRuntime.SetThreads(_state.Spec.Execution.ThreadsPerReplica);
        NonFiniteGradients.Clear();
        var generatorNorm = RunGeneratorPhase(iteration, measureNorms, cancellationToken);
        var discriminatorNorm = RunDiscriminatorPhase(iteration, measureNorms, cancellationToken);
        FinishStatistics(iteration, cancellationToken);
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
        _figures.fill_(0);
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
        _pool.Dispose();
        foreach (var lane in _lanes)
        {
            lane.Dispose();
        }
        GeneratorUpdate.Dispose();
        DiscriminatorUpdate.Dispose();
        Average.Dispose();
        _figures.Dispose();
        _norms?.Generator.Dispose();
        _norms?.Discriminator.Dispose();
        _batches.Dispose();
        _state.Dispose();
    }

    private Tensor? RunGeneratorPhase(long iteration, bool measureNorm, CancellationToken cancellationToken)
    {
        using (_state.Timings.Measure(IterationPart.PowerIteration))
        {
            SpectralNormalization.PowerIterate(_state.Generator.Module);
            SpectralNormalization.PowerIterate(_state.Discriminator.Module);
        }
        EachReplica((lane, replica, _) => _generatorPhase.Run(lane, replica, iteration), iteration, takeBatch: false, cancellationToken);
        return Update(TrainingPhase.Generator, iteration, measureNorm, cancellationToken);
    }

    private Tensor? RunDiscriminatorPhase(long iteration, bool measureNorm, CancellationToken cancellationToken)
    {
        using (_state.Timings.Measure(IterationPart.PowerIteration))
        {
            if (!_state.Spec.SharedFakes)
            {
                SpectralNormalization.PowerIterate(_state.Generator.Module);
            }
            SpectralNormalization.PowerIterate(_state.Discriminator.Module);
            _state.VectorsForGenerated.CopyFrom(_state.Discriminator.SpectralVectors);
            SpectralNormalization.PowerIterate(_state.Discriminator.Module);
        }
        EachReplica((lane, replica, real) => _discriminatorPhase.Run(lane, replica, iteration, real!), iteration, takeBatch: true, cancellationToken);
        return Update(TrainingPhase.Discriminator, iteration, measureNorm, cancellationToken);
    }

    private void EachReplica(
        Action<ReplicaLane, int, RealBatch?> phase, long iteration, bool takeBatch, CancellationToken cancellationToken)
    {
        _next = _state.Hosted.First;
        _pool.Run(lane =>
        {
            while (TakeNext(iteration, takeBatch, cancellationToken) is var (replica, batch))
            {
                using (batch)
                {
                    phase(lane, replica, batch);
                }
            }
        });
    }

    private (int Replica, RealBatch? Batch)? TakeNext(long iteration, bool takeBatch, CancellationToken cancellationToken)
    {
        lock (_nextLock)
        {
            if (_next >= _state.Hosted.End)
            {
                return null;
            }
            cancellationToken.ThrowIfCancellationRequested();
            var replica = _next++;
            if (!takeBatch)
            {
                return (replica, null);
            }
            using var measured = _state.Timings.Measure(IterationPart.DataWait);
            return (replica, _batches.Take(iteration, replica, cancellationToken));
        }
    }

    private Tensor? Update(TrainingPhase phase, long iteration, bool measureNorm, CancellationToken cancellationToken)
    {
        var generator = phase == TrainingPhase.Generator;
        var network = generator ? _state.Generator : _state.Discriminator;
        var accumulator = generator ? _state.GeneratorGradients : _state.DiscriminatorGradients;
        var update = generator ? GeneratorUpdate : DiscriminatorUpdate;
        Tensor gradient;
        using (_state.Timings.Measure(IterationPart.Reduction))
        {
            var key = generator ? ReductionPhase.Generator : ReductionPhase.Discriminator;
            gradient = _reduction.Average(iteration, key, accumulator.Finish(), cancellationToken);
        }
        using var measured = _state.Timings.Measure(IterationPart.Optimizer);
        if (update.Apply(gradient, iteration, _state.Replicas.Select(replica => (replica, _state.Replica(replica).GradientProbe!))) is { } found)
        {
            NonFiniteGradients.Add(found);
        }
        Report(phase, network, gradient);
        var norm = measureNorm ? gradient.norm() : null;
        accumulator.Reset();
        return norm;
    }

    private void FinishStatistics(long iteration, CancellationToken cancellationToken)
    {
        using var measured = _state.Timings.Measure(IterationPart.Reduction);
        var mean = _reduction.Average(iteration, ReductionPhase.Statistics, _state.Statistics.Finish(), cancellationToken);
        _state.Generator.Statistics.CopyFrom(_state.Row.Generator(mean));
        _state.Discriminator.Statistics.CopyFrom(_state.Row.Discriminator(mean));
        _figures.add_(_state.Row.Reported(mean));
        var first = _state.Replica(_state.Hosted.First);
        _state.Generator.Counters.CopyFrom(first.GeneratorCounters!);
        _state.Discriminator.Counters.CopyFrom(first.DiscriminatorCounters!);
        _state.Statistics.Reset();
    }

    private void UpdateAverage(long iteration)
    {
        using var measured = _state.Timings.Measure(IterationPart.Ema);
        var beta = _state.Spec.Ema.Beta(_state.ImagesSeen(iteration), _state.Spec.Batch);
        ForeachEma.Lerp([Average.Flat], [_state.Generator.Trained.Flat], beta);
    }

    private void Report(TrainingPhase phase, NetworkState network, Tensor gradient)
    {
        if (_state.Probe is { } probe)
        {
            using var gradients = network.Trained.Clone();
            gradients.CopyFrom(gradient);
            probe.Gradients(phase, gradients.Named);
            probe.Parameters(phase, network.Trained.Named);
        }
    }
}
