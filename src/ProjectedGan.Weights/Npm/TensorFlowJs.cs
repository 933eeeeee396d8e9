using System.Security.Cryptography;
using ProjectedGan.Weights.Sources;

namespace ProjectedGan.Weights.Npm;

/// <summary>
/// Reads TF.js layers models: a topology file (JSON, or a JavaScript module that exports the same literal) with a weights
/// manifest, and shards (raw bytes, or JavaScript modules that export them as base64). Names and layouts become PyTorch's:
/// <c>Conv1/kernel</c> [3, 3, 3, 32] → <c>Conv1.weight</c> [32, 3, 3, 3]. No script is run.
/// </summary>
public static class TensorFlowJs
{
    /// <summary>Opens a model from files. Shards are found beside the model file when none are given.</summary>
    /// <exception cref="WeightFileException">A file is missing, damaged or of another kind.</exception>
    public static TensorFlowJsFile Read(string modelFile, IReadOnlyList<string>? shardFiles = null)
    {
        var folder = Path.GetDirectoryName(Path.GetFullPath(modelFile))!;
        return Read(modelFile, ReadFile(modelFile), NpmPackage.OfFolder(folder), shard => Shard(modelFile, folder, shardFiles, shard));
    }

    /// <summary>
    /// Opens one network of an npm package, a .tgz or its unpacked folder. The network's name is its folder's,
    /// <c>mobilenet_v2</c> for example; null where the package has only one.
    /// </summary>
    /// <exception cref="WeightFileException">No such package or network; the message names those that the package has.</exception>
    public static TensorFlowJsFile ReadPackage(string package, string? network = null)
    {
        if (Directory.Exists(package))
        {
            var models = Directory.EnumerateFiles(package, "model.*js*", SearchOption.AllDirectories)
                .Where(file => NpmPackage.IsModel(file)).Order(StringComparer.Ordinal).ToArray();
            return Read(models[Choose(package, network, models)]);
        }
        var tarball = NpmTarball.Open(package, network);
        var chosen = tarball.Models[Choose(package, network, tarball.Models)];
        var folder = chosen[..(chosen.LastIndexOf('/') + 1)];
        return Read(package, tarball.Files[chosen], tarball.Package, shard =>
            ShardNames(shard).Select(name => tarball.Files.GetValueOrDefault(folder + name)).FirstOrDefault(bytes => bytes is not null));
    }

    private static TensorFlowJsFile Read(string path, byte[] model, NpmPackage? package, Func<string, byte[]?> shards)
    {
        var manifest = TensorFlowJsManifest.Parse(path, model);
        using var content = new MemoryStream();
        long end = 0;
        foreach (var group in manifest.Groups)
        {
            end += group.Bytes;
            foreach (var shard in group.Shards)
            {
                var bytes = shards(shard) ?? throw new WeightFileException($"'{path}': its shard '{shard}' is missing.");
                content.Write(TensorFlowJsScript.ShardBytes(path, shard, bytes));
            }
            if (content.Length != end)
            {
                throw new WeightFileException($"'{path}': its shards up to '{group.Shards.LastOrDefault()}' hold {content.Length} bytes, "
                    + $"its manifest names {end}; they are damaged or of another model.");
            }
        }
        var data = content.ToArray();
        return new TensorFlowJsFile(path, manifest.Tensors, data, Metadata(package, data));
    }

    private static Dictionary<string, string> Metadata(NpmPackage? package, byte[] data)
    {
        var metadata = new Dictionary<string, string> { [WeightMetadata.WeightsSha256] = Convert.ToHexStringLower(SHA256.HashData(data)) };
        if (package is not null)
        {
            metadata[WeightMetadata.Source] = $"npm package {package.Name}";
            metadata[WeightMetadata.Version] = package.Version;
            metadata[WeightMetadata.Licence] = package.Licence;
        }
        return metadata;
    }

    private static int Choose(string package, string? network, IReadOnlyList<string> models)
    {
        var names = models.Select(model => model.Replace('\\', '/').Split('/') is [.., var folder, _] ? folder : "").ToArray();
        var chosen = network is null && names.Length == 1 ? 0 : Array.IndexOf(names, network);
        if (chosen >= 0)
        {
            return chosen;
        }
        var present = names.Length == 0 ? "no TF.js model." : $"{string.Join(", ", names)}; name one.";
        throw new WeightFileException(network is null
            ? $"'{package}' holds {present}"
            : $"'{package}' has no network '{network}'; it holds {present}");
    }

    private static byte[]? Shard(string modelFile, string folder, IReadOnlyList<string>? shardFiles, string shard)
    {
        var names = ShardNames(shard).ToArray();
        var file = shardFiles is null
            ? names.Select(name => Path.Combine(folder, name)).FirstOrDefault(File.Exists)
            : shardFiles.FirstOrDefault(file => names.Contains(Path.GetFileName(file)));
        // A manifest must not lead out of the model's folder.
        if (shard.Contains("..", StringComparison.Ordinal) || Path.IsPathRooted(shard))
        {
            throw new WeightFileException($"'{modelFile}' names the shard '{shard}' outside of its folder; refused.");
        }
        return file is null ? null : ReadFile(file);
    }

    private static IEnumerable<string> ShardNames(string shard) => [shard, shard + ".min.js", shard + ".js", shard + ".bin"];

    private static byte[] ReadFile(string path)
    {
        using var file = FileRange.Open(path);
        try
        {
            var length = RandomAccess.GetLength(file);
            if (length > NpmTarball.LargestFile)
            {
                throw new WeightFileException($"'{path}' has {length} bytes, too many for a part of a TF.js model.");
            }
            var bytes = new byte[length];
            FileRange.Read(file, 0, bytes);
            return bytes;
        }
        catch (IOException error)
        {
            throw new WeightFileException($"'{path}' cannot be read: {error.Message}");
        }
    }
}
