using ProjectedGan.AllReduce.Reduction;
using ProjectedGan.Networks.Layers;
using ProjectedGan.Specification;
using ProjectedGan.Tensors;
using ProjectedGan.Training.State;
using static ProjectedGan.Tensors.Scalars;
using static TorchSharp.torch;

namespace ProjectedGan.Training.Iteration;

/// <summary>
/// One iteration of the paper's training (section 3.2; its reference's order of updates) for the replicas that a worker hosts. What it leaves is a
/// function of the spec alone, whichever replicas these are and however many lanes compute them.
/// </summary>
/// <remarks>
/// 1. G phase: the generator's loss on every hosted replica. 2. Its gradients, summed over all replicas and averaged, update the generator. 3. D phase:
/// the discriminators' loss. With sharedFakes it needs no new images and goes ahead of 2, whose gradients travel meanwhile. 4. The discriminators'
/// gradients, running statistics and figures, averaged over all replicas. 5. The commit, which needs nobody else: the discriminators' update,
/// statistics, the moving average of the generator.
/// </remarks>
internal sealed class TrainingStep : IDisposable
{
    private readonly TrainingState _state;
    private readonly IRealBatches _batches;
    private readonly GradientUpdate _generatorUpdate;
    private readonly GradientUpdate _discriminatorUpdate;
    private readonly FlatGroup _average;
    private readonly GeneratorPhase _generatorPhase;
    private readonly DiscriminatorPhase _discriminatorPhase;
    private LanePool? _pool;
    private IGradientExchange? _exchange;

    public TrainingStep(TrainingState state, IRealBatches batches, GradientUpdate generatorUpdate, GradientUpdate discriminatorUpdate, FlatGroup average)
    {
        _state = state;
        _batches = batches;
        _generatorUpdate = generatorUpdate;
        _discriminatorUpdate = discriminatorUpdate;
        _average = average;
        _generatorPhase = new GeneratorPhase(state);
        _discriminatorPhase = new DiscriminatorPhase(state);
        Figures = zeros([ReplicaRow.Figures], dtype: average.Flat.dtype, device: average.Flat.device).DetachFromDisposeScope();
    }

    /// <summary>Sums of the reported figures over iterations, [<see cref="ReplicaRow.Figures"/>].</summary>
    public Tensor Figures { get; }

    /// <summary>What was not finite in the last iteration.</summary>
    public List<NonFiniteGradient> NonFiniteGradients { get; } = [];

    /// <summary>Takes other replicas and another way to the other workers, at an iteration's boundary.</summary>
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
    /// <param name="iteration">Its number.</param>
    /// <param name="measuresNorms">Whether the gradients' norms are measured.</param>
    /// <param name="cancellationToken">Ends it anywhere before the commit.</param>
    /// <returns>The norms of both averaged gradients as scalar tensors, or null.</returns>
    public (Tensor Generator, Tensor Discriminator)? Run(long iteration, bool measuresNorms, CancellationToken cancellationToken)
    {
        NonFiniteGradients.Clear();
        Tensor? generatorNorm;
        ComputeGeneratorPhase(iteration, cancellationToken); // 1
        if (_state.Spec.SharedFakes)
        {
            ComputeDiscriminatorPhase(iteration, cancellationToken); // 3
            generatorNorm = UpdateGenerator(iteration, measuresNorms, cancellationToken); // 2
        }
        else
        {
            generatorNorm = UpdateGenerator(iteration, measuresNorms, cancellationToken); // 2
            ComputeDiscriminatorPhase(iteration, cancellationToken); // 3
        }
        var (gradient, statistics) = ReduceDiscriminatorPhase(iteration, cancellationToken); // 4
        var discriminatorNorm = Update(TrainingPhase.Discriminator, iteration, gradient, measuresNorms); // 5
        CommitStatistics(iteration, statistics);
        UpdateAverage(iteration);
        return measuresNorms ? (generatorNorm!, discriminatorNorm!) : null;
    }

    public void Dispose()
    {
        _pool?.Dispose();
        Figures.Dispose();
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

    private Tensor? UpdateGenerator(long iteration, bool measuresNorm, CancellationToken cancellationToken)
    {
        Tensor gradient;
        using (_state.Timings.Measure(IterationPart.Reduction))
        {
            gradient = _state.GeneratorGradients.Average(cancellationToken);
        }
        return Update(TrainingPhase.Generator, iteration, gradient, measuresNorm);
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

    private Tensor? Update(TrainingPhase phase, long iteration, Tensor gradient, bool measuresNorm)
    {
        var generator = phase == TrainingPhase.Generator;
        var network = generator ? _state.Generator : _state.Discriminator;
        var update = generator ? _generatorUpdate : _discriminatorUpdate;
        using var measured = _state.Timings.Measure(IterationPart.Optimizer);
        if (update.Apply(gradient, iteration, _state.Replicas.Select(replica => (replica, _state.Replica(replica).GradientProbe(phase)))) is { } found)
        {
            NonFiniteGradients.Add(found);
        }
        Report(phase, network, gradient);
        return measuresNorm ? gradient.norm() : null;
    }

    private void CommitStatistics(long iteration, Tensor mean)
    {
        _state.Generator.Statistics.CopyFrom(_state.Row.Generator(mean));
        _state.Discriminator.Statistics.CopyFrom(_state.Row.Discriminator(mean));
        Figures.AddInPlace(_state.Row.Reported(mean));
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
        MovingAverage.Update(_average.Flat, _state.Generator.Trained.Flat, beta);
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
