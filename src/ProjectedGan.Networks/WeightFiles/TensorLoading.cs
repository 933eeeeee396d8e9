using ProjectedGan.Torch;
using static TorchSharp.torch;

namespace ProjectedGan.Networks.WeightFiles;

/// <summary>Tensors out of weight sources.</summary>
public static class TensorLoading
{
    private const int ChunkBytes = 1 << 30;

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
    internal static unsafe void WriteTo(this Tensor tensor, Stream stream)
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
