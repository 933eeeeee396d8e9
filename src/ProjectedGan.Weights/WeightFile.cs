using System.Buffers.Binary;
using System.Security.Cryptography;
using ProjectedGan.Weights.Npm;
using ProjectedGan.Weights.PyTorch;
using ProjectedGan.Weights.SafeTensorsFormat;
using ProjectedGan.Weights.Sources;

namespace ProjectedGan.Weights;

/// <summary>Opens weight files of every format that is read here.</summary>
public static class WeightFile
{
    private const int InspectedBytes = 512;

    private static ReadOnlySpan<byte> GZip => [0x1f, 0x8b];

    /// <summary>
    /// Opens a file by its content, whatever its name: safetensors, PyTorch (zip or legacy), a TF.js layers model, or an npm package
    /// (.tgz or unpacked folder) with such models. Nothing in a file is run. The caller disposes the result.
    /// </summary>
    /// <param name="path">The file, or the folder of an unpacked npm package.</param>
    /// <param name="part">
    /// A dictionary inside of a checkpoint (<c>G_ema</c>), whose tensors are then named without it, or the network of a package
    /// (<c>mobilenet_v2</c>); null for everything.
    /// </param>
    /// <exception cref="WeightFileException">The file is missing, truncated, damaged or something else; the message says which.</exception>
    public static IWeightSource Open(string path, string? part = null)
    {
        if (IsPackage(path))
        {
            return TensorFlowJs.ReadPackage(path, part);
        }
        var source = OpenByContent(path, Start(path));
        try
        {
            return part is null ? source : source.Under(part);
        }
        catch
        {
            source.Dispose();
            throw;
        }
    }

    /// <summary>SHA-256 of a file's content, 64 lower-case hexadecimal digits.</summary>
    /// <exception cref="WeightFileException">The file is missing or cannot be read.</exception>
    public static string Sha256(string path)
    {
        using var file = FileRange.Open(path);
        try
        {
            using var stream = new FileStream(file, FileAccess.Read);
            return Convert.ToHexStringLower(SHA256.HashData(stream));
        }
        catch (IOException error)
        {
            throw new WeightFileException($"'{path}' cannot be read: {error.Message}");
        }
    }

    /// <summary>Whether a path is a folder or a gzipped file, hence read as an npm package with networks by name.</summary>
    public static bool IsPackage(string path) => Directory.Exists(path) || Start(path).AsSpan().StartsWith(GZip);

    private static IWeightSource OpenByContent(string path, byte[] start)
    {
        if (start.AsSpan().StartsWith("PK\x03\x04"u8) || start.AsSpan().StartsWith(TorchLegacy.Magic))
        {
            return TorchPickle.Read(path);
        }
        if (start.AsSpan().StartsWith("{"u8) || start.AsSpan().StartsWith("!function"u8))
        {
            return TensorFlowJs.Read(path);
        }
        // The header's length is below 2^27, so its high bytes are zero, and the header begins with a brace.
        if (start.Length > 8 && start[8] == '{' && BinaryPrimitives.ReadUInt64LittleEndian(start) < 1UL << 32)
        {
            return SafeTensors.Read(path);
        }
        throw new WeightFileException($"'{path}' is no weight file: found {Kind(start)}. "
            + "Safetensors, PyTorch .pth state_dicts and TF.js layers models are read.");
    }

    private static byte[] Start(string path)
    {
        using var file = FileRange.Open(path);
        try
        {
            var bytes = new byte[(int)Math.Min(InspectedBytes, RandomAccess.GetLength(file))];
            FileRange.Read(file, 0, bytes);
            return bytes;
        }
        catch (IOException error)
        {
            throw new WeightFileException($"'{path}' cannot be read: {error.Message}");
        }
    }

    private static string Kind(ReadOnlySpan<byte> start)
    {
        if (start.Length == 0)
        {
            return "an empty file";
        }
        if (start.TrimStart(" \r\n\t"u8).StartsWith("<"u8))
        {
            return "a web page or XML (a download that failed?)";
        }
        if (start.StartsWith("version https://git-lfs"u8))
        {
            return "a Git LFS pointer (fetch the real file with git lfs pull)";
        }
        if (start.StartsWith("\x89HDF"u8))
        {
            return "an HDF5 file (Keras)";
        }
        if (start.Length > 262 && start[257..].StartsWith("ustar"u8))
        {
            return "a tar archive";
        }
        if (start[0] == 0x80 && start.Length > 1 && start[1] is >= 2 and <= 5)
        {
            return "a plain Python pickle, which would run code (save the state_dict with torch.save)";
        }
        return $"a file that begins with the bytes {Convert.ToHexStringLower(start[..Math.Min(8, start.Length)])}";
    }
}
