using static TorchSharp.torch;

namespace ProjectedGan.Training.Iteration;

/// <summary>Real images of one replica; disposing it frees the tensors.</summary>
/// <param name="Images">[n, 3, R, R] in [-1, 1], of the run's type and on its device.</param>
/// <param name="Labels">One-hot [n, classes]; null without classes.</param>
public sealed record RealBatch(Tensor Images, Tensor? Labels) : IDisposable
{
    public void Dispose()
    {
        Images.Dispose();
        Labels?.Dispose();
    }
}
