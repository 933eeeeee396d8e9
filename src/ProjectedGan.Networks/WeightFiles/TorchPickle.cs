using Microsoft.Win32.SafeHandles;

namespace ProjectedGan.Networks.WeightFiles;

/// <summary>
/// PyTorch's <c>torch.save</c> files (.pth, .pt, .pkl), zip and legacy format: dictionaries of tensors, nested or not, read by a
/// restricted unpickler. Nothing in a file can run, and a damaged or hostile file gives an error within bounded memory.
/// </summary>
public static class TorchPickle
{
    /// <summary>
    /// Opens a file. Nested dictionaries give names joined by dots (<c>state_dict.conv.weight</c>); pick one with
    /// <see cref="WeightSources.Under"/>. The caller disposes the result.
    /// </summary>
    /// <exception cref="WeightFileException">The file is missing, damaged, no PyTorch file, or holds more than plain tensors.</exception>
    public static TorchPickleFile Read(string path)
    {
        var file = FileRange.Open(path);
        try
        {
            Span<byte> start = stackalloc byte[15];
            var length = RandomAccess.Read(file, start, 0);
            if (length >= 4 && start.StartsWith("PK\x03\x04"u8))
            {
                return ReadZip(path, file);
            }
            if (start.SequenceEqual(TorchLegacy.Magic))
            {
                var (storages, tensors) = TorchLegacy.Open(path, file);
                return new TorchPickleFile(path, "PyTorch legacy", storages, tensors);
            }
            throw new WeightFileException($"'{path}' is no PyTorch file: it begins neither as a zip nor as a legacy torch.save file.");
        }
        catch (IOException error)
        {
            file.Dispose();
            throw new WeightFileException($"'{path}' cannot be read: {error.Message}");
        }
        catch
        {
            file.Dispose();
            throw;
        }
    }

    private static TorchPickleFile ReadZip(string path, SafeFileHandle file)
    {
        var (storages, pickle) = TorchZip.Open(path, new FileStream(file, FileAccess.Read, bufferSize: 1 << 16));
        try
        {
            var input = new PickleInput(path, pickle, pickle.Length);
            return new TorchPickleFile(path, "PyTorch zip", storages, new PickledTensors(input).Collect(new PickleReader(input).Read()));
        }
        catch
        {
            storages.Dispose();
            throw;
        }
    }
}
