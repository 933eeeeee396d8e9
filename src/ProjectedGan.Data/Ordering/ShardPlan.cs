namespace ProjectedGan.Data.Ordering;

/// <summary>
/// Which image each replica reads at each iteration: a pure function of seed, dataset size, number of replicas and replica batch, so
/// that every worker can compute it and no coordinator needs to be asked.
/// </summary>
/// <remarks>
/// Images form one endless stream. Element k of replica r's batch at iteration i is at position
/// p = i·(replicas·replicaBatch) + r·replicaBatch + k, in epoch e = p / datasetCount, and is image permutation(seed, e)[p mod datasetCount].
/// Each image comes exactly once an epoch; an epoch may end inside a batch. How V·b is split into replicas does not change the stream.
/// Thread-safe. It keeps the permutations of a few epochs (4 bytes an image each).
/// </remarks>
public sealed class ShardPlan
{
    private const int EpochsKept = 3;
    private readonly Lock _lock = new();
    private readonly Dictionary<long, int[]> _permutations = [];

    /// <exception cref="ArgumentOutOfRangeException">A number is not positive.</exception>
    public ShardPlan(long seed, int datasetCount, int replicas, int replicaBatch)
    {
        ArgumentOutOfRangeException.ThrowIfNegativeOrZero(datasetCount);
        ArgumentOutOfRangeException.ThrowIfNegativeOrZero(replicas);
        ArgumentOutOfRangeException.ThrowIfNegativeOrZero(replicaBatch);
        Seed = seed;
        DatasetCount = datasetCount;
        Replicas = replicas;
        ReplicaBatch = replicaBatch;
    }

    public long Seed { get; }

    public int DatasetCount { get; }

    public int Replicas { get; }

    /// <summary>Images a replica reads an iteration.</summary>
    public int ReplicaBatch { get; }

    /// <summary>Images all replicas read an iteration.</summary>
    public int Batch => checked(Replicas * ReplicaBatch);

    /// <summary>The images of a replica at an iteration, in the order of its batch.</summary>
    public int[] ImageIndices(long iteration, int replica)
    {
        var indices = new int[ReplicaBatch];
        ImageIndices(iteration, replica, indices);
        return indices;
    }

    /// <summary>Writes the images of a replica at an iteration to <paramref name="indices"/>, which has the size of a replica batch.</summary>
    public void ImageIndices(long iteration, int replica, Span<int> indices)
    {
        ArgumentOutOfRangeException.ThrowIfNegative(iteration);
        ArgumentOutOfRangeException.ThrowIfNegative(replica);
        ArgumentOutOfRangeException.ThrowIfGreaterThanOrEqual(replica, Replicas);
        ArgumentOutOfRangeException.ThrowIfNotEqual(indices.Length, ReplicaBatch);
        var position = checked(iteration * Batch + (long)replica * ReplicaBatch);
        for (var k = 0; k < indices.Length; k++, position++)
            indices[k] = OrderOf(position / DatasetCount)[position % DatasetCount];
    }

    /// <summary>The epoch in which an iteration begins.</summary>
    public long Epoch(long iteration) => checked(iteration * Batch) / DatasetCount;

    /// <summary>The order of images in an epoch.</summary>
    public IReadOnlyList<int> EpochOrder(long epoch) => OrderOf(epoch);

    private int[] OrderOf(long epoch)
    {
        lock (_lock)
        {
            if (_permutations.TryGetValue(epoch, out var order))
                return order;
            if (_permutations.Count >= EpochsKept)
                _permutations.Remove(_permutations.Keys.Min());
            return _permutations[epoch] = Permutation.Create(Seed, epoch, DatasetCount);
        }
    }
}

/// <summary>Orders of images, for one epoch among others.</summary>
internal static class Permutation
{
    /// <summary>
    /// Fisher and Yates: for i from count - 1 down to 1, swap places i and j, j uniform on [0, i]. The numbers come from the stream
    /// (seed, iteration = epoch, no phase, replica 0, data order).
    /// </summary>
    public static int[] Create(long seed, long epoch, int count) =>
        Create(new KeyedRandom(RandomKey.For(seed, epoch, RandomPhase.None, 0, RandomPurpose.DataOrder)), count);

    /// <summary>The same from a stream of the caller's.</summary>
    public static int[] Create(KeyedRandom random, int count)
    {
        var order = new int[count];
        for (var i = 0; i < count; i++)
            order[i] = i;
        for (var i = count - 1; i > 0; i--)
        {
            var j = (int)random.NextBelow(i + 1);
            (order[i], order[j]) = (order[j], order[i]);
        }
        return order;
    }
}
