using static TorchSharp.torch;

namespace ProjectedGan.Training.Iteration;

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
