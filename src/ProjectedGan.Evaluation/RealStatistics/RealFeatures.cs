using ProjectedGan.Evaluation.Distances;
using static TorchSharp.torch;

namespace ProjectedGan.Evaluation.RealStatistics;

/// <summary>What is known of a set of images' features. Disposing it disposes the features.</summary>
/// <param name="Statistics">Mean and covariance.</param>
/// <param name="Features">The features themselves, float32 [N, D] on the CPU, where a metric needs them.</param>
public sealed record RealFeatures(FeatureStatistics Statistics, Tensor? Features) : IDisposable
{
    public void Dispose() => Features?.Dispose();
}
