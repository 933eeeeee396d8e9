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
    private readonly Rows _features = new();
    private readonly Rows _probabilities = new();

    public FeatureStatistics Statistics { get; } = new(network.Features.FeatureCount);

    /// <summary>Adds the features of all <paramref name="images"/>; tells <paramref name="progress"/> how many are done after each batch.</summary>
    public void Run(IImageBatches images, int batchSize, Action<long> progress, CancellationToken cancellation)
    {
        foreach (var batch in images.Batches(batchSize, cancellation))
        {
            using (batch)
            {
                Add(batch, images.Count);
            }

            progress(Statistics.Count);
        }
    }

    /// <summary>All features, float32 [N, D] on the CPU, in memory that this object shares; the caller disposes them.</summary>
    public Tensor Features() => _features.All();

    /// <summary>All class probabilities, float32 [N, classes], as <see cref="Features"/>.</summary>
    public Tensor Probabilities() => _probabilities.All();

    public void Dispose()
    {
        _features.Dispose();
        _probabilities.Dispose();
    }

    private void Add(Tensor batch, long count)
    {
        using var gradients = no_grad();
        using var scope = NewDisposeScope();
        var images = batch.to(network.Device);
        var features = keepProbabilities ? Describe((InceptionV3)network.Features, images, count) : network.Features.Pool(images);
        Statistics.Add(features);
        if (keepFeatures)
        {
            _features.Add(features, count);
        }
    }

    // The score is defined on the classifier without its bias, as the reference's other metrics code has it.
    private Tensor Describe(InceptionV3 inception, Tensor images, long count)
    {
        var described = inception.Describe(images);
        _probabilities.Add(described.UnbiasedLogits.softmax(1), count);
        return described.Pooled2048;
    }

    // One tensor that is filled: a list of batches would be there twice when it is joined.
    private sealed class Rows : IDisposable
    {
        private Tensor? _all;
        private long _filled;

        public void Add(Tensor batch, long count)
        {
            // Detached: it outlives every scope that may be open around an evaluation.
            _all ??= empty([count, batch.shape[1]], ScalarType.Float32).DetachFromDisposeScope();
            using var target = _all.narrow(0, _filled, batch.shape[0]);
            target.copy_(batch);
            _filled += batch.shape[0];
        }

        public Tensor All() => _all!.narrow(0, 0, _filled);

        public void Dispose() => _all?.Dispose();
    }
}

/// <summary>Images whose features are to be gathered, in a fixed order.</summary>
public interface IImageBatches
{
    /// <summary>How many images there are.</summary>
    long Count { get; }

    /// <summary>All images in order, batch by batch.</summary>
    /// <param name="batchSize">Images a batch; the last may be smaller.</param>
    /// <param name="cancellation">Ends the enumeration with an <see cref="OperationCanceledException"/>.</param>
    /// <returns>uint8 [N, C, H, W] with 1 or 3 channels, on the CPU or the source's device; the caller disposes each.</returns>
    IEnumerable<Tensor> Batches(int batchSize, CancellationToken cancellation);
}
