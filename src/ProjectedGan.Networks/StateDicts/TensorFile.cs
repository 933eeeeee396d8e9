using ProjectedGan.Foundation;
using ProjectedGan.Tensors;
using ProjectedGan.Weights.SafeTensorsFormat;
using ProjectedGan.Weights.Sources;
using static TorchSharp.torch;

namespace ProjectedGan.Networks.StateDicts;

/// <summary>Tensors out of weight files and into them.</summary>
public static class TensorFile
{
    private const int ChunkBytes = 1 << 30;
    private static readonly (WeightType Stored, ScalarType Tensor)[] Types =
    [
        (WeightType.Float64, ScalarType.Float64),
        (WeightType.Float32, ScalarType.Float32),
        (WeightType.Float16, ScalarType.Float16),
        (WeightType.BFloat16, ScalarType.BFloat16),
        (WeightType.Int64, ScalarType.Int64),
        (WeightType.Int32, ScalarType.Int32),
        (WeightType.Int16, ScalarType.Int16),
        (WeightType.Int8, ScalarType.Int8),
        (WeightType.UInt8, ScalarType.Byte),
        (WeightType.Bool, ScalarType.Bool),
    ];

    /// <summary>The tensor type of the same bytes, or null where tensors have none.</summary>
    public static ScalarType? TensorType(this WeightType type) =>
        Types.Where(pair => pair.Stored == type).Select(pair => (ScalarType?)pair.Tensor).FirstOrDefault();

    /// <summary>The stored type of a tensor's elements.</summary>
    /// <exception cref="WeightFileException">The type cannot be stored (complex numbers).</exception>
    public static WeightType StoredType(this ScalarType scalar)
    {
        foreach (var (stored, tensor) in Types)
        {
            if (tensor == scalar)
            {
                return stored;
            }
        }
        throw new WeightFileException($"Tensors of type {scalar} cannot be written to weight files; convert them to a real type.");
    }

    /// <summary>
    /// Writes tensors as safetensors under their names, in the given order, one at a time: on any device, of any memory layout, with or
    /// without gradient. At most one tensor is copied at a time.
    /// </summary>
    /// <exception cref="WeightFileException">Two names are equal, or a type cannot be stored.</exception>
    /// <exception cref="PganException">The file cannot be written; the old one is unchanged.</exception>
    public static void Write(
        string path, IEnumerable<(string Name, Tensor Tensor)> tensors, IReadOnlyDictionary<string, string>? metadata = null)
    {
        var list = tensors.ToArray();
        WeightInfo[] infos = [.. list.Select(item => new WeightInfo(item.Name, item.Tensor.dtype.StoredType(), item.Tensor.shape))];
        SafeTensors.Write(path, infos, metadata, (stream, index) => WriteTo(list[index].Tensor, stream));
    }

    /// <summary>Reads a tensor straight into new CPU memory. The caller disposes it.</summary>
    /// <returns>A contiguous tensor of the stored shape and type, without gradient.</returns>
    /// <exception cref="WeightFileException">There is no such tensor, its type has no tensor type here, or reading fails.</exception>
    public static unsafe Tensor Load(this IWeightSource source, string name)
    {
        ArgumentNullException.ThrowIfNull(source);
        var info = source.Find(name) ?? throw new WeightFileException($"'{source.Path}' has no tensor '{name}'.");
        var type = info.Type.TensorType()
            ?? throw new WeightFileException($"'{source.Path}', tensor '{name}': tensors of type {info.Type.SafeTensorsName()} cannot be used.");
        var tensor = empty([.. info.Shape], dtype: type);
        try
        {
            var (address, _) = TensorBytes.Memory(tensor);
            for (long offset = 0; offset < info.Bytes; offset += ChunkBytes)
            {
                var part = (int)Math.Min(ChunkBytes, info.Bytes - offset);
                source.Read(name, offset, new Span<byte>((byte*)address + offset, part));
            }
            GC.KeepAlive(tensor);
            return tensor;
        }
        catch
        {
            tensor.Dispose();
            throw;
        }
    }

    /// <summary>Writes a tensor's values, wherever it is and however it lies in memory, as contiguous bytes.</summary>
    private static unsafe void WriteTo(Tensor tensor, Stream stream)
    {
        using var plain = TensorBytes.RowMajorOnCpu(tensor);
        var (address, bytes) = TensorBytes.Memory(plain);
        for (long offset = 0; offset < bytes; offset += ChunkBytes)
        {
            stream.Write(new ReadOnlySpan<byte>((byte*)address + offset, (int)Math.Min(ChunkBytes, bytes - offset)));
        }
        GC.KeepAlive(plain);
    }
}
