using ProjectedGan.AllReduce.Reduction;
using ProjectedGan.Data.Datasets;
using ProjectedGan.Data.Ordering;
using ProjectedGan.Networks;
using ProjectedGan.Specification;
using ProjectedGan.Training.Prefetching;
using static ProjectedGan.Tensors.Scalars;
using static TorchSharp.torch;

namespace ProjectedGan.Training.Iteration;

/// <summary>A data set's images in the order of the shard plan, decoded ahead.</summary>
/// <param name="spec">The run.</param>
/// <param name="dataset">Its images.</param>
/// <param name="factory">Type and device of batches.</param>
/// <param name="taken">Told iteration, replica and image indices of each batch, by the lanes side by side; null for nobody.</param>
/// <remarks>Decoding starts at the first batch that is asked for, so that a resumed run starts where it left off.</remarks>
public sealed class DatasetBatches(TrainingSpec spec, IImageDataset dataset, NetworkFactory factory, Action<long, int, IReadOnlyList<int>>? taken) : IRealBatches
{
    private readonly Lock _lock = new();
    private Prefetcher? _prefetcher;
    private ReplicaRange _hosted;

    public RealBatch Take(long iteration, int replica, CancellationToken cancellationToken)
    {
        using var batch = Prefetcher(iteration).Take(iteration, replica, cancellationToken);
        taken?.Invoke(iteration, replica, batch.ImageIndices);
        using var scope = NewDisposeScope();
        using var noGrad = no_grad();
        var images = batch.Images.to(factory.Device).to_type(factory.Type).mul_(Of(1 / 127.5f)).sub_(Of(1.0));
        var labels = spec.Data.Classes == 0 ? null : OneHot.Of(batch.Labels!, spec.Data.Classes).to(factory.Type).to(factory.Device);
        return new RealBatch(images.DetachFromDisposeScope(), labels?.DetachFromDisposeScope());
    }

    public void Restart(ReplicaRange hosted)
    {
        _prefetcher?.Dispose();
        _prefetcher = null;
        _hosted = hosted;
    }

    public void Dispose() => _prefetcher?.Dispose();

    private Prefetcher Prefetcher(long iteration)
    {
        lock (_lock)
        {
            return _prefetcher ??= Start(iteration);
        }
    }

    private Prefetcher Start(long iteration) => new(
        dataset,
        new ShardPlan(spec.Seed, dataset.Count, spec.Replicas, spec.Batch / spec.Replicas),
        new PrefetchOptions
        {
            FirstReplica = _hosted.First,
            ReplicaCount = _hosted.Count,
            FirstIteration = iteration,
            Threads = spec.Data.DecodingThreads,
            BatchesAhead = 2 * _hosted.Count,
        });
}

/// <summary>The real images of a worker's replicas.</summary>
public interface IRealBatches : IDisposable
{
    /// <summary>
    /// The batch of one replica; blocks until it is decoded. Called once for each hosted replica, iteration by iteration, by the lanes
    /// side by side, so in any order within an iteration.
    /// </summary>
    /// <exception cref="OperationCanceledException">The caller gave up.</exception>
    RealBatch Take(long iteration, int replica, CancellationToken cancellationToken);

    /// <summary>Forgets what was read ahead, if anything: from now on other replicas are asked for, at any iteration.</summary>
    void Restart(ReplicaRange hosted)
    {
    }
}

/// <summary>Class labels as the networks take them.</summary>
public static class OneHot
{
    /// <summary>float32 [labels, classes] with a 1 in each row.</summary>
    /// <exception cref="ArgumentOutOfRangeException">A label is not below <paramref name="classes"/>.</exception>
    public static Tensor Of(IReadOnlyList<int> labels, int classes)
    {
        var values = new float[labels.Count * classes];
        for (var row = 0; row < labels.Count; row++)
        {
            ArgumentOutOfRangeException.ThrowIfGreaterThanOrEqual((uint)labels[row], (uint)classes, nameof(labels));
            values[(row * classes) + labels[row]] = 1;
        }
        return tensor(values, [labels.Count, classes]);
    }
}

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
