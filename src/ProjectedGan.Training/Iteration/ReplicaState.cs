using static TorchSharp.torch;

namespace ProjectedGan.Training.Iteration;

/// <summary>What a replica carries from the generator's phase to the discriminators' phase of one iteration.</summary>
internal sealed class ReplicaState : IDisposable
{
    /// <summary>The <see cref="ReplicaRow"/>; null between iterations.</summary>
    public Tensor? Row { get; set; }

    /// <summary>Counters of batches.</summary>
    public Tensor? GeneratorCounters { get; set; }

    public Tensor? DiscriminatorCounters { get; set; }

    /// <summary>Images [n, 3, R, R] without a graph, kept where the run shares them between the phases.</summary>
    public Tensor? Fakes { get; set; }

    /// <summary>Their labels; null without classes.</summary>
    public Tensor? FakeLabels { get; set; }

    /// <summary>The sum of the gradient's elements: not finite where a gradient is not. A scalar tensor.</summary>
    public Tensor? GradientProbe { get; private set; }

    public void ReplaceProbe(Tensor probe)
    {
        GradientProbe?.Dispose();
        GradientProbe = probe;
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
        GeneratorCounters?.Dispose();
        DiscriminatorCounters?.Dispose();
        GradientProbe?.Dispose();
        Row?.Dispose();
    }
}
