using ProjectedGan.AllReduce.Reduction;
using ProjectedGan.Tensors;
using ProjectedGan.Training.State;
using static ProjectedGan.Tensors.Scalars;
using static TorchSharp.torch;

namespace ProjectedGan.Training.Iteration;

/// <summary>Trains the replicas of one worker: its state is always that of a boundary between iterations. Used by one thread.</summary>
/// <remarks>
/// A worker that loses another one before an iteration's commit (see <see cref="TrainingStep"/>) goes back to the iteration's start.
/// </remarks>
internal sealed class TrainingWorker : IDisposable
{
    private readonly IRealBatches _batches;
    private readonly TrainingStep _step;
    private readonly IterationUndo? _undo;
    private (Tensor Generator, Tensor Discriminator)? _norms;

    /// <param name="state">The worker's networks.</param>
    /// <param name="batches">Its real images.</param>
    /// <param name="recoverable">Whether an iteration that cannot be finished is undone, at the price of a copy of the generator.</param>
    public TrainingWorker(TrainingState state, IRealBatches batches, bool recoverable)
    {
        State = state;
        _batches = batches;
        GeneratorUpdate = new GradientUpdate(state.Spec, TrainingPhase.Generator, state.Generator);
        DiscriminatorUpdate = new GradientUpdate(state.Spec, TrainingPhase.Discriminator, state.Discriminator);
        Average = state.Generator.Trained.Clone();
        _undo = recoverable ? new IterationUndo(state.Generator, state.Discriminator, GeneratorUpdate) : null;
        _step = new TrainingStep(state, batches, GeneratorUpdate, DiscriminatorUpdate, Average);
    }

    /// <summary>The generator's moving average; its buffers are the generator's own.</summary>
    public FlatGroup Average { get; }

    public GradientUpdate GeneratorUpdate { get; }

    public GradientUpdate DiscriminatorUpdate { get; }

    public TrainingState State { get; }

    /// <summary>What was not finite in the last iteration.</summary>
    public IReadOnlyList<NonFiniteGradient> NonFiniteGradients => _step.NonFiniteGradients;

    /// <summary>Takes other replicas and another way to the other workers, at an iteration's boundary.</summary>
    /// <param name="hosted">The replicas that this worker computes from now on.</param>
    /// <param name="exchange">The way to those that host the others; stays the caller's.</param>
    /// <param name="lanes">Replicas computed side by side.</param>
    public void Join(ReplicaRange hosted, IGradientExchange exchange, int lanes) => _step.Join(hosted, exchange, lanes);

    /// <summary>Computes one iteration, counted from 0.</summary>
    /// <exception cref="OperationCanceledException">
    /// Another worker failed or the caller gave up. A recoverable worker is back at the iteration's start and needs a
    /// <see cref="Join"/>; another one is unusable.
    /// </exception>
    public void Step(long iteration, bool measuresNorms, CancellationToken cancellationToken)
    {
        using var scope = NewDisposeScope();
        TorchRuntime.SetThreads(State.Spec.Execution.ThreadsPerReplica);
        _undo?.Save();
        try
        {
            if (_step.Run(iteration, measuresNorms, cancellationToken) is var (generator, discriminator))
            {
                _norms?.Generator.Dispose();
                _norms?.Discriminator.Dispose();
                _norms = (generator.DetachFromDisposeScope(), discriminator.DetachFromDisposeScope());
            }
        }
        catch
        {
            _undo?.Restore();
            throw;
        }
        State.Timings.CountIteration();
    }

    /// <summary>Sums of the figures over the iterations since the last call, on the host; reads from the device.</summary>
    public double[] TakeFigures()
    {
        using var scope = NewDisposeScope();
        var values = _step.Figures.to_type(ScalarType.Float64).cpu().data<double>().ToArray();
        _step.Figures.fill_(Of(0));
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
        .. new[] { State.Generator, State.Discriminator }.SelectMany(network =>
            new[] { network.Trained.Flat, network.Statistics.Flat, network.Counters.Flat, network.SpectralVectors.Flat }),
        Average.Flat,
        .. new[] { GeneratorUpdate.Adam, DiscriminatorUpdate.Adam }.SelectMany(adam => adam.FirstMoments.Concat(adam.SecondMoments)),
    ];

    public void Dispose()
    {
        _step.Dispose();
        _undo?.Dispose();
        GeneratorUpdate.Dispose();
        DiscriminatorUpdate.Dispose();
        Average.Dispose();
        _norms?.Generator.Dispose();
        _norms?.Discriminator.Dispose();
        _batches.Dispose();
        State.Dispose();
    }
}
