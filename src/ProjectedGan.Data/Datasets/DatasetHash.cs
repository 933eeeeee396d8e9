using System.Security.Cryptography;
using System.Text;
using ProjectedGan.Data.Images;

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
