using System.Security.Cryptography;
using System.Text;

namespace ProjectedGan.Data.Datasets;

/// <summary>
/// Identifies a dataset: SHA-256 over one line an image, in order of names: name, size, CRC-32 of the stored file and label. Zips give
/// the CRC from their directory, so that their pixels need not be read; folders are read once.
/// </summary>
internal static class DatasetHash
{
    /// <exception cref="DatasetException">A file cannot be read.</exception>
    public static string Compute(IImageSource source, int[]? labels)
    {
        var crcs = Crcs(source);
        using var hash = IncrementalHash.CreateHash(HashAlgorithmName.SHA256);
        hash.AppendData("pgan dataset 1\n"u8);
        for (var i = 0; i < crcs.Length; i++)
            hash.AppendData(Encoding.UTF8.GetBytes($"{source.Names[i]}\0{source.Length(i)}\0{crcs[i]:x8}\0{labels?[i].ToString() ?? "-"}\n"));
        return Convert.ToHexStringLower(hash.GetHashAndReset());
    }

    /// <summary>The hash of a view that is derived from a dataset by a fixed rule.</summary>
    public static string Derive(string rule, string hash) => Convert.ToHexStringLower(SHA256.HashData(Encoding.UTF8.GetBytes($"{rule}\0{hash}")));

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
