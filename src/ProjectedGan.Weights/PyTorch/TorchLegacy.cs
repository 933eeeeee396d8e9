using Microsoft.Win32.SafeHandles;
using ProjectedGan.Weights.Sources;

namespace ProjectedGan.Weights.PyTorch;

/// <summary>
/// PyTorch's format before 1.6 (<c>_use_new_zipfile_serialization=False</c>): pickles of a magic number, the format version, the
/// writing system, the object and the storage keys, then for each key a count of elements (8 bytes) and the elements.
/// </summary>
internal sealed class TorchLegacy : ITorchStorageBytes
{
    /// <summary>How such a file begins: protocol 2 and the magic number as a 10-byte integer.</summary>
    public static ReadOnlySpan<byte> Magic => [0x80, 0x02, 0x8a, 0x0a, 0x6c, 0xfc, 0x9c, 0x46, 0xf9, 0x20, 0x6a, 0xa8, 0x50, 0x19, 0x2e];

    private const long LongestPickle = 64L << 20;
    private const long FormatVersion = 1001;

    private readonly SafeFileHandle _file;
    private readonly Dictionary<string, (long Offset, long Length)> _places;

    private TorchLegacy(SafeFileHandle file, Dictionary<string, (long Offset, long Length)> places)
    {
        _file = file;
        _places = places;
    }

    /// <summary>Reads everything but the elements. Takes the handle over when it succeeds.</summary>
    /// <exception cref="WeightFileException">The file is damaged or refused.</exception>
    public static (TorchLegacy Storages, PickledTensors Tensors) Open(string path, SafeFileHandle file)
    {
        using var stream = new FileStream(new SafeFileHandle(file.DangerousGetHandle(), ownsHandle: false), FileAccess.Read, bufferSize: 1 << 16);
        stream.Position = 0;
        var input = new PickleInput(path, stream, LongestPickle);
        ReadPreamble(input);
        var main = new PickleReader(input);
        var tensors = new PickledTensors(input).Collect(main.Read());
        if (new PickleReader(input).Read() is not PickleList keys)
        {
            throw input.Error("its list of storages is damaged.");
        }
        return (new TorchLegacy(file, Places(input, keys, main.Storages, file, stream.Position)), tensors);
    }

    public long Length(string key) => _places.TryGetValue(key, out var place) ? place.Length : -1;

    public void Read(string key, long offset, Span<byte> destination) => FileRange.Read(_file, _places[key].Offset + offset, destination);

    public void Dispose() => _file.Dispose();

    /// <summary>Reads the three pickles before that of the object.</summary>
    /// <exception cref="WeightFileException">They are not this format's.</exception>
    public static void ReadPreamble(PickleInput input)
    {
        if (!input.Bytes(Magic.Length).AsSpan().SequenceEqual(Magic))
        {
            throw input.Error("its storages do not begin as legacy torch.save files.");
        }
        if (new PickleReader(input).Read() is not FormatVersion)
        {
            throw input.Error($"its format version is not {FormatVersion}.");
        }
        CheckByteOrder(input, new PickleReader(input).Read());
    }

    private static void CheckByteOrder(PickleInput input, object? system)
    {
        var entries = (system as PickleDictionary)?.Entries ?? throw input.Error("its description of the writing system is damaged.");
        if (entries.Any(entry => entry is { Key: "little_endian", Value: not true }))
        {
            throw input.Error("it was saved on a big-endian machine; save it again on a little-endian one.");
        }
    }

    private static Dictionary<string, (long Offset, long Length)> Places(
        PickleInput input, PickleList keys, IReadOnlyDictionary<string, TorchStorage> storages, SafeFileHandle file, long offset)
    {
        var places = new Dictionary<string, (long Offset, long Length)>(StringComparer.Ordinal);
        var length = RandomAccess.GetLength(file);
        Span<byte> count = stackalloc byte[8];
        foreach (var item in keys.Items)
        {
            if (item is not string key || !storages.TryGetValue(key, out var storage))
            {
                throw input.Error("its list of storages names one that no tensor uses.");
            }
            if (offset > length - count.Length)
            {
                throw Truncated(input, key);
            }
            FileRange.Read(file, offset, count);
            var elements = BitConverter.ToInt64(count);
            offset += count.Length;
            if (elements != storage.Elements)
            {
                throw input.Error($"storage '{key}' has {elements} elements where {storage.Elements} were announced.");
            }
            var bytes = elements * storage.Type.ElementBytes();
            if (bytes > length - offset)
            {
                throw Truncated(input, key);
            }
            places[key] = (offset, bytes);
            offset += bytes;
        }
        return places;
    }

    private static WeightFileException Truncated(PickleInput input, string key) =>
        input.Error($"the file ends inside of storage '{key}'; it is truncated, fetch it again.");
}
