using ProjectedGan.Data.Ordering;

namespace ProjectedGan.Data.Datasets;

/// <summary>
/// Some of a dataset's images, drawn by a seed: the first ones of a permutation, so that a smaller subset of the same seed is part of a larger one.
/// They keep the dataset's order, labels and number of classes.
/// </summary>
/// <remarks>It owns the dataset and disposes it.</remarks>
public sealed class SubsetDataset : IImageDataset
{
    private readonly IImageDataset _dataset;
    private readonly int[] _indices;
    private readonly string _rule;

    /// <param name="dataset">The dataset.</param>
    /// <param name="count">Images to keep, from one to all.</param>
    /// <param name="seed">Draws them.</param>
    /// <exception cref="ArgumentOutOfRangeException">The dataset has fewer images, or none is to be kept.</exception>
    public SubsetDataset(IImageDataset dataset, int count, long seed)
    {
        ArgumentNullException.ThrowIfNull(dataset);
        ArgumentOutOfRangeException.ThrowIfNegativeOrZero(count);
        ArgumentOutOfRangeException.ThrowIfGreaterThan(count, dataset.Count);
        _dataset = dataset;
        _indices = Permutation.Create(new KeyedRandom(RandomKey.ForRun(seed, RandomPurpose.Subset)), dataset.Count)[..count];
        Array.Sort(_indices);
        _rule = $"subset {count} {seed}";
    }

    public int Count => _indices.Length;

    public int Resolution => _dataset.Resolution;

    public int Channels => _dataset.Channels;

    public int ClassCount => _dataset.ClassCount;

    public string Hash => DatasetHash.Derive(_rule, _dataset.Hash);

    public string Name(int index) => _dataset.Name(_indices[index]);

    public int? Label(int index) => _dataset.Label(_indices[index]);

    public void Read(int index, Span<byte> planar) => _dataset.Read(_indices[index], planar);

    public void Dispose() => _dataset.Dispose();
}
