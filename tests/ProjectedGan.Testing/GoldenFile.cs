using System.Buffers.Binary;
using System.Runtime.InteropServices;
using System.Text.Json;

namespace ProjectedGan.Testing;

/// <summary>
/// A reader of the golden safetensors files (F32, F64, I64). Separate from the product's reader, so that a mistake in that
/// one cannot hide itself.
/// </summary>
public sealed class GoldenFile
{
    private readonly byte[] _bytes;
    private readonly int _dataStart;
    private readonly Dictionary<string, Entry> _entries = [];

    private GoldenFile(byte[] bytes)
    {
        _bytes = bytes;
        var headerLength = checked((int)BinaryPrimitives.ReadUInt64LittleEndian(bytes));
        _dataStart = 8 + headerLength;
        using var header = JsonDocument.Parse(bytes.AsMemory(8, headerLength));
        foreach (var property in header.RootElement.EnumerateObject().Where(p => p.Name != "__metadata__"))
        {
            var offsets = property.Value.GetProperty("data_offsets");
            _entries.Add(property.Name, new Entry(
                property.Value.GetProperty("dtype").GetString()!,
                [.. property.Value.GetProperty("shape").EnumerateArray().Select(size => size.GetInt64())],
                offsets[0].GetInt32(),
                offsets[1].GetInt32()));
        }
    }

    public IReadOnlyCollection<string> Names => _entries.Keys;

    public static GoldenFile Read(string path) => new(File.ReadAllBytes(path));

    public long[] Shape(string name) => Find(name).Shape;

    /// <summary>The tensor's values, widened to double (exact for F32 and F64, and for the I64 values in use).</summary>
    public double[] Values(string name)
    {
        var entry = Find(name);
        var data = _bytes.AsSpan(_dataStart + entry.Start, entry.End - entry.Start);
        return entry.Dtype switch
        {
            "F32" => Array.ConvertAll(MemoryMarshal.Cast<byte, float>(data).ToArray(), value => (double)value),
            "F64" => MemoryMarshal.Cast<byte, double>(data).ToArray(),
            "I64" => Array.ConvertAll(MemoryMarshal.Cast<byte, long>(data).ToArray(), value => (double)value),
            _ => throw new InvalidDataException($"Golden tensor '{name}' has dtype {entry.Dtype}; F32, F64 and I64 are known."),
        };
    }

    private Entry Find(string name) => _entries.TryGetValue(name, out var entry)
        ? entry
        : throw new InvalidDataException($"The golden file has no tensor '{name}'.");

    private sealed record Entry(string Dtype, long[] Shape, int Start, int End);
}
