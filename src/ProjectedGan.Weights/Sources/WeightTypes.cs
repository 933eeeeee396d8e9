namespace ProjectedGan.Weights.Sources;

/// <summary>Sizes and safetensors names of <see cref="WeightType"/>.</summary>
public static class WeightTypes
{
    private static readonly (WeightType Type, string Name, int Bytes)[] Table =
    [
        (WeightType.Float64, "F64", 8),
        (WeightType.Float32, "F32", 4),
        (WeightType.Float16, "F16", 2),
        (WeightType.BFloat16, "BF16", 2),
        (WeightType.Int64, "I64", 8),
        (WeightType.Int32, "I32", 4),
        (WeightType.Int16, "I16", 2),
        (WeightType.Int8, "I8", 1),
        (WeightType.UInt8, "U8", 1),
        (WeightType.Bool, "BOOL", 1),
        (WeightType.UInt64, "U64", 8),
        (WeightType.UInt32, "U32", 4),
        (WeightType.UInt16, "U16", 2),
        (WeightType.Float8E4M3, "F8_E4M3", 1),
        (WeightType.Float8E5M2, "F8_E5M2", 1),
    ];

    /// <summary>Bytes of one element.</summary>
    public static int ElementBytes(this WeightType type) => Table[(int)type].Bytes;

    /// <summary>The name that safetensors headers use, <c>F32</c> for example.</summary>
    public static string SafeTensorsName(this WeightType type) => Table[(int)type].Name;

    /// <summary>Whether values of the type are fractions, so that rounding to another such type keeps their meaning.</summary>
    public static bool IsFloatingPoint(this WeightType type) =>
        type is WeightType.Float64 or WeightType.Float32 or WeightType.Float16 or WeightType.BFloat16;

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
}

/// <summary>Element types that weight files store. The last five exist in safetensors only and have no tensor type here.</summary>
public enum WeightType
{
    Float64,
    Float32,
    Float16,
    BFloat16,
    Int64,
    Int32,
    Int16,
    Int8,
    UInt8,
    Bool,
    UInt64,
    UInt32,
    UInt16,
    Float8E4M3,
    Float8E5M2,
}
