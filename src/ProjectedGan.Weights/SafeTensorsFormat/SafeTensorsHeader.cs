using System.Buffers.Binary;
using System.Text.Json;
using ProjectedGan.Weights.Sources;

namespace ProjectedGan.Weights.SafeTensorsFormat;

/// <summary>The JSON header of a safetensors file: tensors with the place of their bytes, and metadata.</summary>
/// <param name="Tensors">In the header's order; offsets count from the end of the header.</param>
/// <param name="Metadata">The <c>__metadata__</c> map.</param>
internal sealed record SafeTensorsHeader(
    IReadOnlyList<(WeightInfo Info, long Offset)> Tensors, IReadOnlyDictionary<string, string> Metadata)
{
    /// <summary>The format's own limit of the header's length in bytes.</summary>
    public const long LongestHeader = 100_000_000;

    private const string MetadataKey = "__metadata__";

    /// <summary>
    /// Lays tensors out for a new file: header entries in the given order, bytes with the widest elements first, so that each
    /// tensor starts at a multiple of its element size. The same input gives the same bytes.
    /// </summary>
    public static SafeTensorsHeader Arrange(IReadOnlyList<WeightInfo> tensors, IReadOnlyDictionary<string, string>? metadata)
    {
        var offsets = new long[tensors.Count];
        long end = 0;
        foreach (var index in Enumerable.Range(0, tensors.Count).OrderByDescending(i => tensors[i].Type.ElementBytes()))
        {
            offsets[index] = end;
            end += tensors[index].Bytes;
        }
        return new([.. tensors.Select((info, i) => (info, offsets[i]))], metadata ?? new Dictionary<string, string>());
    }

    /// <summary>The file's first bytes: length, JSON, spaces up to a multiple of 8.</summary>
    public byte[] ToBytes()
    {
        using var buffer = new MemoryStream();
        buffer.Write(new byte[8]);
        using (var json = new Utf8JsonWriter(buffer))
        {
            json.WriteStartObject();
            WriteMetadata(json);
            foreach (var (info, offset) in Tensors)
            {
                WriteTensor(json, info, offset);
            }
            json.WriteEndObject();
        }
        while (buffer.Length % 8 != 0)
        {
            buffer.WriteByte((byte)' ');
        }
        var bytes = buffer.ToArray();
        BinaryPrimitives.WriteInt64LittleEndian(bytes, bytes.Length - 8);
        return bytes;
    }

    /// <summary>Reads a header and checks that its tensors fill the <paramref name="dataBytes"/> behind it without gap or overlap.</summary>
    /// <exception cref="WeightFileException">Anything else.</exception>
    public static SafeTensorsHeader Parse(string path, ReadOnlyMemory<byte> json, long dataBytes)
    {
        JsonDocument document;
        try
        {
            document = JsonDocument.Parse(json, new() { AllowDuplicateProperties = false, MaxDepth = 8 });
        }
        catch (InvalidOperationException)
        {
            throw NotUnicode(path);
        }
        catch (JsonException error)
        {
            throw new WeightFileException($"'{path}' is no valid safetensors file: its header is not the expected JSON ({error.Message})");
        }
        using (document)
        {
            if (document.RootElement.ValueKind != JsonValueKind.Object)
            {
                throw Bad(path, "its header is no JSON object.");
            }
            var tensors = new List<(WeightInfo Info, long Offset)>();
            var metadata = new Dictionary<string, string>(StringComparer.Ordinal);
            foreach (var property in document.RootElement.EnumerateObject())
            {
                var name = Text(path, () => property.Name);
                if (name == MetadataKey)
                {
                    ReadMetadata(path, property.Value, metadata);
                }
                else
                {
                    tensors.Add(ReadTensor(path, name, property.Value));
                }
            }
            CheckPlaces(path, tensors, dataBytes);
            return new(tensors, metadata);
        }
    }

    private void WriteMetadata(Utf8JsonWriter json)
    {
        if (Metadata.Count == 0)
        {
            return;
        }
        json.WriteStartObject(MetadataKey);
        foreach (var (key, value) in Metadata.OrderBy(pair => pair.Key, StringComparer.Ordinal))
        {
            json.WriteString(key, value);
        }
        json.WriteEndObject();
    }

    private static void WriteTensor(Utf8JsonWriter json, WeightInfo info, long offset)
    {
        json.WriteStartObject(info.Name);
        json.WriteString("dtype", info.Type.SafeTensorsName());
        json.WriteStartArray("shape");
        foreach (var size in info.Shape)
        {
            json.WriteNumberValue(size);
        }
        json.WriteEndArray();
        json.WriteStartArray("data_offsets");
        json.WriteNumberValue(offset);
        json.WriteNumberValue(offset + info.Bytes);
        json.WriteEndArray();
        json.WriteEndObject();
    }

    private static void ReadMetadata(string path, JsonElement value, Dictionary<string, string> metadata)
    {
        if (value.ValueKind != JsonValueKind.Object)
        {
            throw Bad(path, $"its {MetadataKey} is no JSON object.");
        }
        foreach (var property in value.EnumerateObject())
        {
            var key = Text(path, () => property.Name);
            metadata[key] = property.Value.ValueKind == JsonValueKind.String
                ? Text(path, () => property.Value.GetString()!)
                : throw Bad(path, $"its metadata '{key}' is no text.");
        }
    }

    private static (WeightInfo Info, long Offset) ReadTensor(string path, string name, JsonElement value)
    {
        if (value.ValueKind != JsonValueKind.Object
            || !value.TryGetProperty("dtype", out var dtype) || dtype.ValueKind != JsonValueKind.String
            || !value.TryGetProperty("shape", out var shape) || !TryNumbers(shape, out var sizes)
            || !value.TryGetProperty("data_offsets", out var places) || !TryNumbers(places, out var range) || range.Length != 2)
        {
            throw Bad(path, $"tensor '{name}' lacks a proper dtype, shape or data_offsets.");
        }
        var typeName = Text(path, () => dtype.GetString()!);
        if (!WeightTypes.TryParse(typeName, out var type))
        {
            throw Bad(path, $"tensor '{name}' has the unknown dtype '{typeName}'.");
        }
        var info = WeightInfo.InFile(path, name, type, sizes);
        if (range[1] - range[0] != info.Bytes)
        {
            throw Bad(path, $"tensor '{name}' of shape {info.ShapeText} and dtype {typeName} needs {info.Bytes} bytes, "
                + $"its data_offsets {range[0]} to {range[1]} hold {range[1] - range[0]}.");
        }
        return (info, range[0]);
    }

    private static bool TryNumbers(JsonElement array, out long[] numbers)
    {
        numbers = [];
        if (array.ValueKind != JsonValueKind.Array)
        {
            return false;
        }
        var list = new List<long>();
        foreach (var item in array.EnumerateArray())
        {
            if (item.ValueKind != JsonValueKind.Number || !item.TryGetInt64(out var number) || number < 0)
            {
                return false;
            }
            list.Add(number);
        }
        numbers = [.. list];
        return true;
    }

    private static void CheckPlaces(string path, List<(WeightInfo Info, long Offset)> tensors, long dataBytes)
    {
        long end = 0;
        foreach (var (info, offset) in tensors.OrderBy(tensor => tensor.Offset).ThenBy(tensor => tensor.Info.Bytes))
        {
            if (offset != end)
            {
                throw Bad(path, $"tensor '{info.Name}' starts at byte {offset} of the data where {end} was expected ("
                    + (offset < end ? "it overlaps another tensor)." : "there is a gap in front of it)."));
            }
            end = offset + info.Bytes;
            if (end > dataBytes)
            {
                throw Bad(path, $"tensor '{info.Name}' ends at byte {end} of the data, but the file has only {dataBytes}; "
                    + "it is truncated, fetch it again.");
            }
        }
        if (end != dataBytes)
        {
            throw Bad(path, $"its tensors end at byte {end} of the data, but the file has {dataBytes}.");
        }
    }

    // Half of a surrogate pair is valid JSON but no valid text; the parser throws at names, and at values when they are asked for.
    private static string Text(string path, Func<string> read)
    {
        try
        {
            return read();
        }
        catch (InvalidOperationException)
        {
            throw NotUnicode(path);
        }
    }

    private static WeightFileException NotUnicode(string path) => Bad(path, "its header holds text that is not valid Unicode.");

    private static WeightFileException Bad(string path, string what) => new($"'{path}' is no valid safetensors file: {what}");
}
