using System.Buffers;
using System.Numerics;
using ProjectedGan.Data.Images;
using ProjectedGan.Specification;

namespace ProjectedGan.Data.Datasets;

/// <summary>A dataset over stored image files, checked when it is opened: every image is square, of one power-of-two size, without alpha.</summary>
public abstract class ImageDataset : IImageDataset
{
    private readonly IImageSource _source;
    private readonly int[]? _labels;
    private readonly Lazy<string> _hash;
    private readonly byte[]?[] _cache;
    private long _cacheBytesLeft;

    /// <exception cref="DatasetException">There is no image, an image has an unfit size or alpha, or the labels do not fit.</exception>
    private protected ImageDataset(IImageSource source, DatasetOptions options)
    {
        ArgumentNullException.ThrowIfNull(options);
        if (options.Channels is not (1 or 3))
            throw new DatasetException($"Channels is {options.Channels}; a dataset is read with 3 (RGB) or 1 (grey).");
        _source = source;
        try
        {
            LeftOutFiles.RequireImages(source);
            Resolution = DatasetCheck.CommonResolution(source);
            _labels = LabelFile.Read(source)?.Numbers;
        }
        catch
        {
            source.Dispose();
            throw;
        }
        Channels = options.Channels;
        ClassCount = _labels is null ? 0 : _labels.Max() + 1;
        _hash = new Lazy<string>(() => DatasetHash.Compute(source, _labels));
        _cache = new byte[]?[source.Names.Count];
        _cacheBytesLeft = options.CacheBytes;
    }

    public int Count => _source.Names.Count;

    public int Resolution { get; }

    public int Channels { get; }

    public int ClassCount { get; }

    public string Hash => _hash.Value;

    /// <summary>What else the source holds.</summary>
    public LeftOutFiles LeftOut => _source.LeftOut;

    /// <summary>Opens a zip or a folder for training.</summary>
    /// <exception cref="DatasetException">It is missing, empty, damaged or unfit; the message says which and names the file.</exception>
    public static ImageDataset Open(string path, DatasetOptions? options = null)
    {
        ArgumentNullException.ThrowIfNull(path);
        return Directory.Exists(path) ? new FolderDataset(path, options) : new ZipDataset(path, options);
    }

    /// <summary>Whether images of so many pixels a side can be trained.</summary>
    public static bool CanTrainAt(int resolution) =>
        resolution is >= DataSpec.SmallestResolution and <= DataSpec.LargestResolution && BitOperations.IsPow2(resolution);

    public string Name(int index) => _source.Names[index];

    public int? Label(int index) => _labels?[index];

    public void Read(int index, Span<byte> planar)
    {
        if (planar.Length != Channels * Resolution * Resolution)
            throw new ArgumentException($"{planar.Length} bytes are not an image of {Channels}x{Resolution}x{Resolution}.", nameof(planar));
        if (Volatile.Read(ref _cache[index]) is { } cached)
        {
            cached.CopyTo(planar);
            return;
        }
        Decode(index, planar);
        if (Interlocked.Add(ref _cacheBytesLeft, -planar.Length) >= 0)
            Volatile.Write(ref _cache[index], planar.ToArray());
        else
            Interlocked.Add(ref _cacheBytesLeft, planar.Length);
    }

    public void Dispose()
    {
        _source.Dispose();
        GC.SuppressFinalize(this);
    }

    private void Decode(int index, Span<byte> planar)
    {
        byte[]? rented = null;
        try
        {
            var image = ImageCodec.DecodeStored(_source.Read(index), info => rented ??= Rent(info));
            var pixels = image.Pixels.AsSpan(0, Resolution * Resolution * image.Info.Channels);
            if (image.Orientation != 1)
                pixels = ImageTransforms.Oriented(new ImageBuffer(Resolution, Resolution, image.Info.Channels, pixels.ToArray()), image.Orientation).Pixels;
            PlanarPixels.FromImage(pixels, image.Info.Channels, planar, Channels);
        }
        catch (ImageException error)
        {
            throw new DatasetException($"'{_source.Path}': image '{Name(index)}' cannot be decoded: {error.Message}.", error);
        }
        finally
        {
            if (rented is not null)
                ArrayPool<byte>.Shared.Return(rented);
        }
    }

    private byte[] Rent(ImageInfo info)
    {
        if (info.Width != Resolution || info.Height != Resolution || info.HasAlpha)
            throw new ImageException($"it has changed to {info.Width}x{info.Height} with {info.Channels} channels");
        return ArrayPool<byte>.Shared.Rent(info.Width * info.Height * info.Channels);
    }
}

/// <summary>How a dataset is opened for training.</summary>
public sealed record DatasetOptions
{
    /// <summary>3: RGB, grey images repeat their channel; 1: grey, RGB images become luma.</summary>
    public int Channels { get; init; } = 3;

    /// <summary>Bytes of decoded images kept in memory, so that they are decoded once; images past the limit are decoded at each read. 0 keeps none.</summary>
    public long CacheBytes { get; init; } = 512L << 20;
}

/// <summary>A folder of images (<see cref="ImageNames"/>) in any sub-folders and an optional dataset.json with labels.</summary>
/// <param name="path">The folder.</param>
/// <param name="options">Channels and cache; null for the defaults.</param>
/// <exception cref="DatasetException">It is missing, empty or unfit for training.</exception>
public sealed class FolderDataset(string path, DatasetOptions? options = null)
    : ImageDataset(new FolderImageSource(path), options ?? new DatasetOptions());

/// <summary>A StyleGAN-style zip: PNG (or other image) entries in any folders and an optional dataset.json with labels.</summary>
/// <param name="path">The zip; it stays open.</param>
/// <param name="options">Channels and cache; null for the defaults.</param>
/// <exception cref="DatasetException">It is missing, empty, damaged or unfit for training.</exception>
public sealed class ZipDataset(string path, DatasetOptions? options = null)
    : ImageDataset(OpenZip(path), options ?? new DatasetOptions())
{
    private static IImageSource OpenZip(string path)
    {
        var source = ImageSources.Open(path);
        if (source is ZipImageSource)
            return source;
        source.Dispose();
        throw new DatasetException($"'{path}' is no zip; make one of it with `pgan dataset create`.");
    }
}
