using System.Buffers.Binary;
using Microsoft.Win32.SafeHandles;
using ProjectedGan.Foundation;
using ProjectedGan.Weights.Sources;

namespace ProjectedGan.Weights.SafeTensorsFormat;

/// <summary>
/// The safetensors format: 8 bytes of header length (little-endian), a JSON header, then the tensors' bytes. Reading checks all
/// of the format's rules and runs nothing; writing is atomic, and the same input gives the same file.
/// </summary>
public static class SafeTensors
{
    /// <summary>Opens a file and checks its header against the file's length. The caller disposes the result.</summary>
    /// <exception cref="WeightFileException">The file is missing, truncated or breaks a rule of the format.</exception>
    public static SafeTensorsFile Read(string path)
    {
        var file = FileRange.Open(path);
        try
        {
            var length = RandomAccess.GetLength(file);
            var headerBytes = HeaderBytes(path, file, length);
            var json = new byte[headerBytes];
            FileRange.Read(file, 8, json);
            var header = SafeTensorsHeader.Parse(path, json, length - 8 - headerBytes);
            return new SafeTensorsFile(path, file, header, 8 + headerBytes);
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

    /// <summary>
    /// Writes tensors that another source holds, one at a time through a bounded buffer, under the source's names and in its order.
    /// </summary>
    /// <exception cref="WeightFileException">The source cannot be read.</exception>
    /// <exception cref="PganException">The file cannot be written; the old one is unchanged.</exception>
    public static void Write(string path, IWeightSource source, IReadOnlyDictionary<string, string>? metadata = null)
    {
        ArgumentNullException.ThrowIfNull(source);
        var buffer = new byte[(int)Math.Min(16 << 20, source.Tensors.Select(tensor => tensor.Bytes).DefaultIfEmpty(1).Max())];
        Write(path, source.Tensors, metadata, (stream, index) =>
        {
            var tensor = source.Tensors[index];
            for (long offset = 0; offset < tensor.Bytes; offset += buffer.Length)
            {
                var part = buffer.AsSpan(0, (int)Math.Min(buffer.Length, tensor.Bytes - offset));
                source.Read(tensor.Name, offset, part);
                stream.Write(part);
            }
        });
    }

    /// <summary>Writes the header, then asks for each tensor's bytes in the order of their place in the file.</summary>
    /// <exception cref="WeightFileException">Two names are equal, or the header is too long.</exception>
    /// <exception cref="PganException">The file cannot be written; the old one is unchanged.</exception>
    public static void Write(
        string path, IReadOnlyList<WeightInfo> tensors, IReadOnlyDictionary<string, string>? metadata, Action<Stream, int> writeTensor)
    {
        CheckNames(path, tensors);
        var header = SafeTensorsHeader.Arrange(tensors, metadata);
        var start = header.ToBytes();
        if (start.Length - 8 > SafeTensorsHeader.LongestHeader)
        {
            throw new WeightFileException(
                $"'{path}' cannot be written: its header would have {start.Length - 8} bytes, safetensors allows {SafeTensorsHeader.LongestHeader}.");
        }
        AtomicFile.Write(path, stream =>
        {
            stream.Write(start);
            foreach (var index in Enumerable.Range(0, tensors.Count).OrderBy(i => header.Tensors[i].Offset).ThenBy(i => tensors[i].Bytes))
            {
                writeTensor(stream, index);
                var expected = start.Length + header.Tensors[index].Offset + tensors[index].Bytes;
                if (stream.Position != expected)
                {
                    throw new InvalidOperationException($"Tensor '{tensors[index].Name}' wrote to byte {stream.Position}, not {expected}.");
                }
            }
        });
    }

    private static long HeaderBytes(string path, SafeFileHandle file, long length)
    {
        if (length < 8)
        {
            throw new WeightFileException($"'{path}' is no valid safetensors file: it has only {length} bytes.");
        }
        Span<byte> prefix = stackalloc byte[8];
        FileRange.Read(file, 0, prefix);
        var headerBytes = BinaryPrimitives.ReadUInt64LittleEndian(prefix);
        if (headerBytes is 0 or > (ulong)SafeTensorsHeader.LongestHeader)
        {
            throw new WeightFileException($"'{path}' is no valid safetensors file: it claims a header of {headerBytes} bytes, "
                + $"at most {SafeTensorsHeader.LongestHeader} are allowed.");
        }
        if (headerBytes > (ulong)length - 8)
        {
            throw new WeightFileException($"'{path}' is no valid safetensors file: it claims a header of {headerBytes} bytes "
                + $"but has only {length - 8} after the length; it is truncated, fetch it again.");
        }
        return (long)headerBytes;
    }

    private static void CheckNames(string path, IReadOnlyList<WeightInfo> tensors)
    {
        var seen = new HashSet<string>(StringComparer.Ordinal);
        foreach (var tensor in tensors)
        {
            if (tensor.Name == "__metadata__" || !seen.Add(tensor.Name))
            {
                throw new WeightFileException($"'{path}' cannot be written: the tensor name '{tensor.Name}' "
                    + (tensor.Name == "__metadata__" ? "is reserved." : "is used twice."));
            }
        }
    }
}

/// <summary>An open safetensors file. Only the header is in memory; tensor bytes go from the file straight to where they are wanted.</summary>
public sealed class SafeTensorsFile : WeightSource
{
    private readonly SafeFileHandle _file;
    private readonly long[] _offsets;

    internal SafeTensorsFile(string path, SafeFileHandle file, SafeTensorsHeader header, long dataStart)
        : base(path, [.. header.Tensors.Select(tensor => tensor.Info)], header.Metadata)
    {
        _file = file;
        _offsets = [.. header.Tensors.Select(tensor => dataStart + tensor.Offset)];
    }

    public override string Format => "safetensors";

    private protected override void Read(int index, long offset, Span<byte> destination) =>
        FileRange.Read(_file, _offsets[index] + offset, destination);

    protected override void Dispose(bool disposing)
    {
        if (disposing)
        {
            _file.Dispose();
        }
        base.Dispose(disposing);
    }
}
