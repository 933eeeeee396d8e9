using System.Globalization;
using Microsoft.Win32.SafeHandles;
using ProjectedGan.Weights.Sources;

namespace ProjectedGan.Weights.PyTorch;

/// <summary>
/// A plain pickle of modules, as Python's <c>pickle.dump</c> writes it: each storage lies in it as the bytes of a legacy <c>torch.save</c>
/// file of that storage alone.
/// </summary>
internal sealed class TorchModules : ITorchStorageBytes
{
    private readonly SafeFileHandle _file;
    private readonly Dictionary<string, long> _lengths = new(StringComparer.Ordinal);
    private readonly Dictionary<long, TorchStorage> _loaded = [];

    private TorchModules(SafeFileHandle file)
    {
        _file = file;
    }

    /// <summary>Reads everything but the elements. Takes the handle over when it succeeds.</summary>
    /// <exception cref="WeightFileException">The file is damaged or no plain pickle.</exception>
    public static TorchPickleFile Open(string path, SafeFileHandle file)
    {
        using var borrowed = new SafeFileHandle(file.DangerousGetHandle(), ownsHandle: false);
        using var stream = new FileStream(borrowed, FileAccess.Read, bufferSize: 1 << 16);
        Span<byte> start = stackalloc byte[2];
        var length = stream.ReadAtLeast(start, start.Length, throwOnEndOfStream: false);
        if (length < start.Length || start[0] != (byte)PickleOpcode.Proto || start[1] is < 2 or > 5)
        {
            throw new WeightFileException(
                $"'{path}' is no pickle of modules, which begins with the bytes 80 and 02 to 05; StyleGAN's network-snapshot.pkl is one.");
        }
        stream.Position = 0;
        var storages = new TorchModules(file);
        var input = new PickleInput(path, stream, stream.Length);
        var root = new PickleReader(input, PickleNames.Any, bytes => storages.Load(path, stream, bytes)).Read();
        return new TorchPickleFile(path, "pickled PyTorch modules", storages, new PickledTensors(input).Collect(root));
    }

    public long Length(string key) => _lengths.GetValueOrDefault(key, -1);

    public void Read(string key, long offset, Span<byte> destination) =>
        FileRange.Read(_file, long.Parse(key, CultureInfo.InvariantCulture) + offset, destination);

    public void Dispose() => _file.Dispose();

    // A storage's key is the place of its elements in the file. The same bytes can be named by many calls, and are looked at once.
    private TorchStorage Load(string path, FileStream stream, PickleBytes bytes)
    {
        if (_loaded.TryGetValue(bytes.Start, out var known))
        {
            return known;
        }
        var after = stream.Position;
        stream.Position = bytes.Start;
        var input = new PickleInput(path, stream, bytes.Length);
        TorchLegacy.ReadPreamble(input);
        var reader = new PickleReader(input);
        if (reader.Read() is not TorchStorage storage || reader.Storages.Count != 1)
        {
            throw input.Error("bytes that it names a storage are none.");
        }
        new PickleReader(input).Read();
        var whole = reader.Storages.Values.Single();
        if (input.Int64() != whole.Elements)
        {
            throw input.Error($"one of its storages has another length than the {whole.Elements} elements that were announced.");
        }
        var elements = input.Skip(whole.Elements * whole.Type.ElementBytes());
        var key = elements.Start.ToString(CultureInfo.InvariantCulture);
        _lengths[key] = elements.Length;
        stream.Position = after;
        return _loaded[bytes.Start] = storage with { Key = key };
    }
}
