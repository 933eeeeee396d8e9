using ProjectedGan.Data.Images;
using ProjectedGan.Data.Ordering;
using ProjectedGan.Foundation;

namespace ProjectedGan.Data.Datasets;

/// <summary>Square images of one power-of-two size, in a fixed order. All members may be called from many threads at once.</summary>
public interface IImageDataset : IDisposable
{
    /// <summary>Number of images, at least one.</summary>
    int Count { get; }

    /// <summary>Pixels a side.</summary>
    int Resolution { get; }

    /// <summary>Channels that <see cref="Read"/> gives: 3 RGB or 1 grey.</summary>
    int Channels { get; }

    /// <summary>Largest label plus one; 0 without labels.</summary>
    int ClassCount { get; }

    /// <summary>SHA-256 (hexadecimal) of names, sizes, contents and labels; the same on every machine, for a zip and for the folder it holds.</summary>
    string Hash { get; }

    /// <summary>The image's path inside the dataset, with forward slashes.</summary>
    string Name(int index);

    /// <summary>The image's class, or null without labels.</summary>
    int? Label(int index);

    /// <summary>Decodes an image into <paramref name="planar"/>: [Channels, Resolution, Resolution] bytes.</summary>
    /// <exception cref="DatasetException">The image cannot be read; the message names it.</exception>
    /// <exception cref="ArgumentException">The span has another size.</exception>
    void Read(int index, Span<byte> planar);
}

/// <summary>A dataset that is missing, empty, damaged or unfit for training. The message names the file and what to do.</summary>
public sealed class DatasetException : PganException
{
    public DatasetException(string message)
        : base(message)
    {
    }

    public DatasetException(string message, Exception inner)
        : base(message, inner)
    {
    }
}

/// <summary>Doubles a dataset: the second half is the first, mirrored left and right, with the same labels (StyleGAN's "mirror").</summary>
/// <remarks>It owns the dataset and disposes it.</remarks>
public sealed class MirroredDataset(IImageDataset dataset) : IImageDataset
{
    public int Count => checked(dataset.Count * 2);

    public int Resolution => dataset.Resolution;

    public int Channels => dataset.Channels;

    public int ClassCount => dataset.ClassCount;

    public string Hash => DatasetHash.Derive("mirror", dataset.Hash);

    public string Name(int index) => dataset.Name(index % dataset.Count);

    public int? Label(int index) => dataset.Label(index % dataset.Count);

    public void Read(int index, Span<byte> planar)
    {
        dataset.Read(index % dataset.Count, planar);
        if (index >= dataset.Count)
            PlanarPixels.FlipHorizontally(planar, Resolution);
    }

    public void Dispose() => dataset.Dispose();
}

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
