using Microsoft.Win32.SafeHandles;
using ProjectedGan.Weights.Sources;

namespace ProjectedGan.Weights.PyTorch;

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
                return ReadZip(path, file, readsPrograms: false);
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

    /// <summary>Whether a file is a TorchScript program (<c>torch.jit.save</c>), which <see cref="Read"/> refuses.</summary>
    /// <exception cref="WeightFileException">The file is missing or damaged.</exception>
    public static bool IsProgram(string path)
    {
        using var file = FileRange.Open(path);
        Span<byte> start = stackalloc byte[4];
        return RandomAccess.Read(file, start, 0) == 4 && start.SequenceEqual("PK\x03\x04"u8)
            && TorchZip.IsProgram(path, new FileStream(file, FileAccess.Read));
    }

    /// <summary>
    /// Opens a TorchScript program for its tensors, named by the modules that hold them. Its code is not looked at, and its
    /// classes are no more than groups of tensors. The caller disposes the result.
    /// </summary>
    /// <exception cref="WeightFileException">The file is missing, damaged, no program, or holds more than modules of plain tensors.</exception>
    public static TorchPickleFile ReadProgram(string path)
    {
        var file = FileRange.Open(path);
        try
        {
            return ReadZip(path, file, readsPrograms: true);
        }
        catch
        {
            file.Dispose();
            throw;
        }
    }

    /// <summary>
    /// Opens a plain pickle of whole modules, such as StyleGAN's network pickles, for their parameters and buffers, named by the modules
    /// that hold them; the classes of modules and their plain attributes are its metadata (<c>G_ema:z_dim</c>). Nothing in it is called or
    /// made: names of classes and functions, and the source code that such a file carries, are texts. The caller disposes the result.
    /// </summary>
    /// <exception cref="WeightFileException">The file is missing, damaged or no plain pickle.</exception>
    public static TorchPickleFile ReadModules(string path)
    {
        var file = FileRange.Open(path);
        try
        {
            return TorchModules.Open(path, file);
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

    private static TorchPickleFile ReadZip(string path, SafeFileHandle file, bool readsPrograms)
    {
        var (storages, pickle) = TorchZip.Open(path, new FileStream(file, FileAccess.Read, bufferSize: 1 << 16), readsPrograms);
        try
        {
            var input = new PickleInput(path, pickle, pickle.Length);
            var root = new PickleReader(input, readsPrograms ? PickleNames.OfPrograms : PickleNames.OfTensors).Read();
            return new TorchPickleFile(path, readsPrograms ? "TorchScript" : "PyTorch zip", storages, new PickledTensors(input).Collect(root));
        }
        catch
        {
            storages.Dispose();
            throw;
        }
    }
}
