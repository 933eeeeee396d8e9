using System.Numerics;
using System.Security.Cryptography;
using System.Text;
using ProjectedGan.Data.Images;
using ProjectedGan.Specification;

namespace ProjectedGan.Data.Datasets;

/// <summary>
/// Identifies a dataset: SHA-256 over one line an image, in order of names: name, size, CRC-32 of the stored file and label. Zips give
/// the CRC from their directory, so that their pixels need not be read; folders are read once.
/// </summary>
/// <remarks>
/// Before the lines stands the number of the rule by which files become pixels; statistics and checkpoints of one rule do not fit
/// another. Rule 1: the samples of PNG files as they are. Rule 2: every format, turned upright and in sRGB. Plain PNG files, of which
/// `pgan dataset create` makes a zip, give the same pixels by both, so a set of nothing else keeps rule 1.
/// </remarks>
internal static class DatasetHash
{
    /// <exception cref="DatasetException">A file cannot be read.</exception>
    public static string Compute(IImageSource source, int[]? labels)
    {
        var crcs = Crcs(source);
        using var hash = IncrementalHash.CreateHash(HashAlgorithmName.SHA256);
        hash.AppendData(Rule(source));
        for (var i = 0; i < crcs.Length; i++)
            hash.AppendData(Encoding.UTF8.GetBytes($"{source.Names[i]}\0{source.Length(i)}\0{crcs[i]:x8}\0{labels?[i].ToString() ?? "-"}\n"));
        return Convert.ToHexStringLower(hash.GetHashAndReset());
    }

    /// <summary>The hash of a view that is derived from a dataset by a fixed rule.</summary>
    public static string Derive(string rule, string hash) => Convert.ToHexStringLower(SHA256.HashData(Encoding.UTF8.GetBytes($"{rule}\0{hash}")));

    private static ReadOnlySpan<byte> Rule(IImageSource source)
    {
        var all = Parallel.For(0, source.Names.Count, (i, state) =>
        {
            if (!IsPlain(source, i))
                state.Stop();
        });
        return all.IsCompleted ? "pgan dataset 1\n"u8 : "pgan dataset 2\n"u8;
    }

    private static bool IsPlain(IImageSource source, int index)
    {
        Span<byte> prefix = stackalloc byte[ImageSources.PrefixLength];
        try
        {
            return PngChunks.ArePlain(prefix[..source.ReadPrefix(index, prefix)]);
        }
        catch (DatasetException)
        {
            // An image that cannot be read is named by whoever reads it.
            return false;
        }
    }

    private static uint[] Crcs(IImageSource source)
    {
        var crcs = new uint[source.Names.Count];
        try
        {
            Parallel.For(0, crcs.Length, i => crcs[i] = source.Crc(i));
        }
        catch (AggregateException errors) when (errors.InnerExceptions[0] is DatasetException first)
        {
            throw new DatasetException(first.Message, first);
        }
        return crcs;
    }
}

/// <summary>Checks by their headers that a source's images can be trained on.</summary>
internal static class DatasetCheck
{
    // Files are read whole, by several threads at once, and a zip's few bytes can claim any length. A pixel has 8 bytes at most (RGBA
    // of 16 bits); this is four times that, for further frames, and room for profiles and previews.
    private const long BytesAPixel = 32;
    private const long BytesAFile = 4 << 20;

    /// <summary>The side of all images.</summary>
    /// <exception cref="DatasetException">Names the first unfit image in order of names, what it is and what to do.</exception>
    public static int CommonResolution(IImageSource source)
    {
        var problems = new string?[source.Names.Count];
        var resolution = Probe(source, 0, out problems[0])?.Width ?? 0;
        if (problems[0] is null)
            Parallel.For(0, problems.Length, i => problems[i] = Problem(source, i, resolution));
        var first = Array.FindIndex(problems, problem => problem is not null);
        if (first < 0)
            return resolution;
        throw new DatasetException(
            $"'{source.Path}': image '{source.Names[first]}' {problems[first]}. "
            + "Make a dataset that can be trained on with `pgan dataset create`.");
    }

    private static string? Problem(IImageSource source, int index, int resolution)
    {
        if (Probe(source, index, out var problem) is not { } info)
            return problem;
        if (source.Length(index) > Largest(info.Width, info.Height))
            return $"has {source.Length(index):N0} bytes for {info.Width}x{info.Height} pixels; "
                + $"training takes up to {Largest(info.Width, info.Height):N0}";
        if (info.Width != info.Height || !BitOperations.IsPow2(info.Width))
            return $"is {info.Width}x{info.Height}; training needs square images of a power-of-two size";
        if (info.Width != resolution)
            return $"is {info.Width}x{info.Height} where the first is {resolution}x{resolution}; training needs one size";
        return info.HasAlpha ? "has an alpha channel; training needs RGB or grey" : null;
    }

    private static long Largest(long width, long height) => BytesAFile + (BytesAPixel * width * height);

    private static ImageInfo? Probe(IImageSource source, int index, out string? problem)
    {
        problem = null;
        // Some formats are read whole before they tell their size.
        if (source.Length(index) > Largest(DataSpec.LargestResolution, DataSpec.LargestResolution))
        {
            problem = $"has {source.Length(index):N0} bytes; training takes images of up to {DataSpec.LargestResolution} pixels a side";
            return null;
        }
        try
        {
            return source.Probe(index);
        }
        catch (ImageException error)
        {
            problem = $"cannot be read: {error.Message}";
        }
        catch (DatasetException error)
        {
            problem = $"cannot be read: {error.Message}";
        }
        return null;
    }
}
