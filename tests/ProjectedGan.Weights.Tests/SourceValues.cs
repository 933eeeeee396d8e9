using System.Runtime.InteropServices;
using ProjectedGan.Weights.Sources;

namespace ProjectedGan.Weights.Tests;

/// <summary>Values of stored tensors, for comparing.</summary>
internal static class SourceValues
{
    public static byte[] Bytes(this IWeightSource source, string name)
    {
        var bytes = new byte[source.Find(name)!.Bytes];
        source.Read(name, 0, bytes);
        return bytes;
    }

    /// <summary>Row-major values, widened to double (exact for every type in use but huge 64-bit integers).</summary>
    public static double[] Doubles(this IWeightSource source, string name)
    {
        var bytes = source.Bytes(name);
        return source.Find(name)!.Type switch
        {
            WeightType.Float64 => MemoryMarshal.Cast<byte, double>(bytes).ToArray(),
            WeightType.Float32 => Widened<float>(bytes, value => value),
            WeightType.Float16 => Widened<Half>(bytes, value => (double)value),
            WeightType.BFloat16 => Widened<ushort>(bytes, value => BitConverter.Int32BitsToSingle(value << 16)),
            WeightType.Int64 => Widened<long>(bytes, value => value),
            WeightType.Int32 => Widened<int>(bytes, value => value),
            WeightType.Int16 => Widened<short>(bytes, value => value),
            WeightType.Int8 => Widened<sbyte>(bytes, value => value),
            WeightType.UInt8 or WeightType.Bool => Widened<byte>(bytes, value => value),
            var type => throw new NotSupportedException(type.ToString()),
        };
    }

    /// <summary>Reads everything, so that a lazy source shows its errors.</summary>
    public static long ReadAll(this IWeightSource source) => source.Tensors.Sum(tensor => (long)source.Bytes(tensor.Name).Length);

    private static double[] Widened<T>(byte[] bytes, Converter<T, double> widen)
        where T : unmanaged => Array.ConvertAll(MemoryMarshal.Cast<byte, T>(bytes).ToArray(), widen);
}
