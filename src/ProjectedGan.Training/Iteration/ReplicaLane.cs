using ProjectedGan.Networks.Discriminators;
using ProjectedGan.Networks.Generators;
using ProjectedGan.Training.State;
using static TorchSharp.torch;

namespace ProjectedGan.Training.Iteration;

/// <summary>
/// A slot that computes one replica at a time: copies of the networks whose parameters are the worker's, with gradients, running
/// statistics and singular vectors of their own. Used by one thread.
/// </summary>
internal sealed class ReplicaLane : IDisposable
{
    public ReplicaLane(TrainingState worker)
    {
        Generator = worker.Factory.CreateEmptyGenerator();
        Discriminator = worker.Factory.CreateEmptyDiscriminator(worker.Projector);
        GeneratorState = new NetworkState(Generator, worker.Generator);
        DiscriminatorState = new NetworkState(Discriminator, worker.Discriminator);
        GeneratorGradients = new LaneGradients(GeneratorState.Parameters, worker.GeneratorGradients);
        DiscriminatorGradients = new LaneGradients(DiscriminatorState.Parameters, worker.DiscriminatorGradients);
        Generator.train();
        Discriminator.train();
    }

    public GeneratorNetwork Generator { get; }

    public DiscriminatorNetwork Discriminator { get; }

    public NetworkState GeneratorState { get; }

    public NetworkState DiscriminatorState { get; }

    public LaneGradients GeneratorGradients { get; }

    public LaneGradients DiscriminatorGradients { get; }

    public void Dispose()
    {
        GeneratorGradients.Dispose();
        DiscriminatorGradients.Dispose();
        GeneratorState.Dispose();
        DiscriminatorState.Dispose();
    }
}

/// <summary>
/// Where things lie in a replica's row: one flat tensor with the running statistics of both networks and the figures to report, so
/// that one reduction an iteration averages all of it.
/// </summary>
internal sealed class ReplicaRow(NetworkState generator, NetworkState discriminator)
{
    private readonly long _generator = generator.Statistics.Length;
    private readonly long _discriminator = discriminator.Statistics.Length;

    public long Length => _generator + _discriminator + Figures;

    /// <summary>
    /// The generator's loss; the discriminators' on generated and on real images; the shares of logits with the right sign; 1 where one of the
    /// losses is not finite, else 0; the running mean of path lengths. A loss of pairs counts half for either kind, and each with its own penalty; right is the
    /// sign of the difference.
    /// </summary>
    public const int Figures = 7;

    /// <summary>Where the share of real logits with the right sign is.</summary>
    public const int RealAccuracy = 4;

    /// <summary>Where it is told that losses are not finite.</summary>
    public const int Lost = 5;

    /// <summary>Where the mean of path lengths is, which the generator's phase writes.</summary>
    public const int PathLength = 6;

    /// <summary>The figures that are losses, the first ones.</summary>
    public const int Losses = 3;

    /// <summary>Where the discriminators' figures begin, behind the generator's loss.</summary>
    public const int FirstOfDiscriminators = 1;

    public Tensor Generator(Tensor row) => row.narrow(0, 0, _generator);

    public Tensor Discriminator(Tensor row) => row.narrow(0, _generator, _discriminator);

    public Tensor Reported(Tensor row) => row.narrow(0, _generator + _discriminator, Figures);

    public Tensor Allocate(Tensor like) => empty([Length], dtype: like.dtype, device: like.device).DetachFromDisposeScope();
}

/// <summary>What a replica carries from the generator's phase to the discriminators' phase of one iteration.</summary>
internal sealed class ReplicaState : IDisposable
{
    private readonly Tensor?[] _gradientProbes = new Tensor?[Enum.GetValues<TrainingPhase>().Length];

    /// <summary>The <see cref="ReplicaRow"/>; null between iterations.</summary>
    public Tensor? Row { get; set; }

    /// <summary>Counters of batches.</summary>
    public Tensor? GeneratorCounters { get; set; }

    public Tensor? DiscriminatorCounters { get; set; }

    /// <summary>Images [n, 3, R, R] without a graph, kept where the run shares them between the phases.</summary>
    public Tensor? Fakes { get; set; }

    /// <summary>Their labels; null without classes.</summary>
    public Tensor? FakeLabels { get; set; }

    /// <summary>The iteration's real images, where both phases see them.</summary>
    public RealBatch? Real { get; set; }

    /// <summary>The sum of the elements of a phase's gradient: not finite where the gradient is not. A scalar tensor.</summary>
    public Tensor GradientProbe(TrainingPhase phase) => _gradientProbes[(int)phase]!;

    public void ReplaceProbe(TrainingPhase phase, Tensor probe)
    {
        _gradientProbes[(int)phase]?.Dispose();
        _gradientProbes[(int)phase] = probe;
    }

    public void DropFakes()
    {
        Fakes?.Dispose();
        FakeLabels?.Dispose();
        (Fakes, FakeLabels) = (null, null);
    }

    public void Dispose()
    {
        DropFakes();
        Real?.Dispose();
        GeneratorCounters?.Dispose();
        DiscriminatorCounters?.Dispose();
        Array.ForEach(_gradientProbes, probe => probe?.Dispose());
        Row?.Dispose();
    }
}
