using ProjectedGan.Evaluation.Distances;
using ProjectedGan.Networks.Features.Inception;
using static TorchSharp.torch;

namespace ProjectedGan.Evaluation.Extraction;

/// <summary>Runs a feature network over images and keeps what the figures need of them.</summary>
/// <param name="network">The network.</param>
/// <param name="keepFeatures">Keep every feature vector, not only mean and covariance.</param>
/// <param name="keepProbabilities">Keep class probabilities too; the network is then FID's Inception.</param>
internal sealed class FeatureCollector(MetricNetwork network, bool keepFeatures, bool keepProbabilities) : IDisposable
{
    private readonly List<Tensor> _features = [];
    private readonly List<Tensor> _probabilities = [];

    public FeatureStatistics Statistics { get; } = new(network.Features.FeatureCount);

    /// <summary>Adds the features of all <paramref name="images"/>; tells <paramref name="progress"/> how many are done after each batch.</summary>
    public void Run(IImageBatches images, int batchSize, Action<long> progress, CancellationToken cancellation)
    {
        foreach (var batch in images.Batches(batchSize, cancellation))
        {
            using (batch)
            {
                Add(batch);
            }

            progress(Statistics.Count);
        }
    }

    /// <summary>All features, float32 [N, D] on the CPU; the caller disposes them.</summary>
    public Tensor Features() => cat(_features, 0);

    /// <summary>All class probabilities, float32 [N, classes] on the CPU; the caller disposes them.</summary>
    public Tensor Probabilities() => cat(_probabilities, 0);

    public void Dispose()
    {
        foreach (var tensor in _features.Concat(_probabilities))
        {
            tensor.Dispose();
        }
    }

    private void Add(Tensor batch)
    {
        using var gradients = no_grad();
        using var scope = NewDisposeScope();
        var images = batch.to(network.Device);
        var features = keepProbabilities ? Describe((InceptionV3)network.Features, images) : network.Features.Pool(images);
        Statistics.Add(features);
        if (keepFeatures)
        {
            Keep(_features, features);
        }
    }

    // The score is defined on the classifier without its bias, as the reference's other metrics code has it.
    private Tensor Describe(InceptionV3 inception, Tensor images)
    {
        var described = inception.Describe(images);
        Keep(_probabilities, described.UnbiasedLogits.softmax(1));
        return described.Pooled2048;
    }

    // Detached, not moved outwards: the list outlives every scope that may be open around an evaluation.
    private static void Keep(List<Tensor> kept, Tensor tensor) =>
        kept.Add(tensor.to_type(ScalarType.Float32).to(CPU).clone().DetachFromDisposeScope());
}
