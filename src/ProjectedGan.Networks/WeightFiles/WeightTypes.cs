using static TorchSharp.torch;

namespace ProjectedGan.Networks.WeightFiles;

/// <summary>Sizes, safetensors names and tensor types of <see cref="WeightType"/>.</summary>
public static class WeightTypes
{
    private static readonly (WeightType Type, string Name, int Bytes, ScalarType? Scalar)[] Table =
    [
        (WeightType.Float64, "F64", 8, ScalarType.Float64),
        (WeightType.Float32, "F32", 4, ScalarType.Float32),
        (WeightType.Float16, "F16", 2, ScalarType.Float16),
        (WeightType.BFloat16, "BF16", 2, ScalarType.BFloat16),
        (WeightType.Int64, "I64", 8, ScalarType.Int64),
        (WeightType.Int32, "I32", 4, ScalarType.Int32),
        (WeightType.Int16, "I16", 2, ScalarType.Int16),
        (WeightType.Int8, "I8", 1, ScalarType.Int8),
        (WeightType.UInt8, "U8", 1, ScalarType.Byte),
        (WeightType.Bool, "BOOL", 1, ScalarType.Bool),
        (WeightType.UInt64, "U64", 8, null),
        (WeightType.UInt32, "U32", 4, null),
        (WeightType.UInt16, "U16", 2, null),
        (WeightType.Float8E4M3, "F8_E4M3", 1, null),
        (WeightType.Float8E5M2, "F8_E5M2", 1, null),
    ];

    /// <summary>Bytes of one element.</summary>
    public static int ElementBytes(this WeightType type) => Table[(int)type].Bytes;

    /// <summary>The name that safetensors headers use, <c>F32</c> for example.</summary>
    public static string SafeTensorsName(this WeightType type) => Table[(int)type].Name;

    /// <summary>Whether values of the type are fractions, so that rounding to another such type keeps their meaning.</summary>
    public static bool IsFloatingPoint(this WeightType type) =>
        type is WeightType.Float64 or WeightType.Float32 or WeightType.Float16 or WeightType.BFloat16;

    /// <summary>The tensor type of the same bytes, or null where tensors have none.</summary>
    public static ScalarType? TensorType(this WeightType type) => Table[(int)type].Scalar;

    /// <summary>The type of a safetensors name; false for a name that safetensors does not define.</summary>
    public static bool TryParse(string name, out WeightType type)
    {
        foreach (var row in Table)
        {
            if (row.Name == name)
            {
                type = row.Type;
                return true;
            }
        }
        type = default;
        return false;
    }

    /// <summary>The stored type of a tensor's elements.</summary>
    /// <exception cref="WeightFileException">The type cannot be stored (complex numbers).</exception>
    public static WeightType Of(ScalarType scalar)
    {
        foreach (var row in Table)
        {
            if (row.Scalar == scalar)
            {
                return row.Type;
            }
        }
        throw new WeightFileException($"Tensors of type {scalar} cannot be written to weight files; convert them to a real type.");
    }
}
