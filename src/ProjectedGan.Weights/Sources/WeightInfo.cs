namespace ProjectedGan.Weights.Sources;

/// <summary>Name, element type and shape of one stored tensor.</summary>
/// <param name="Name">Name in the file's (or the selected dictionary's) own naming.</param>
/// <param name="Type">Element type.</param>
/// <param name="Shape">Sizes, outermost first; empty for a single number.</param>
public sealed record WeightInfo(string Name, WeightType Type, IReadOnlyList<long> Shape)
{
    /// <summary>Number of elements: the product of <see cref="Shape"/>, 1 for an empty shape.</summary>
    public long Elements { get; } = CountElements(Name, Shape);

    /// <summary>Bytes of the elements in row-major order without padding.</summary>
    public long Bytes => Elements * Type.ElementBytes();

    /// <summary>The shape as users write it, <c>[64, 3, 4, 4]</c>.</summary>
    public string ShapeText => ShapeNotation.Of(Shape);

    /// <summary>The same with errors that name the file.</summary>
    /// <exception cref="WeightFileException">The shape is impossible.</exception>
    internal static WeightInfo InFile(string path, string name, WeightType type, IReadOnlyList<long> shape)
    {
        try
        {
            return new(name, type, shape);
        }
        catch (WeightFileException error)
        {
            throw new WeightFileException($"'{path}': {error.Message}");
        }
    }

    // 2^59 elements of 8 bytes is the largest count whose byte count fits a signed 64-bit number with room to add offsets.
    private static long CountElements(string name, IReadOnlyList<long> shape)
    {
        const long Most = 1L << 59;
        long count = 1;
        var empty = false;
        foreach (var size in shape)
        {
            if (size < 0)
            {
                throw new WeightFileException($"Tensor '{name}' has the negative size {size}.");
            }
            empty |= size == 0;
            if (size > 0 && count > Most / size)
            {
                throw new WeightFileException($"Tensor '{name}' has the impossible shape {ShapeNotation.Of(shape)}.");
            }
            count *= Math.Max(size, 1);
        }
        return empty ? 0 : count;
    }
}

public static class ShapeNotation
{
    /// <summary>A shape as messages show it, <c>[64, 3, 4, 4]</c>; a long one (only damaged files have it) is cut.</summary>
    public static string Of(IEnumerable<long> shape)
    {
        var sizes = shape.Take(17).ToArray();
        return sizes.Length > 16 ? $"[{string.Join(", ", sizes.Take(16))}, …]" : $"[{string.Join(", ", sizes)}]";
    }
}

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

/// <summary>Keys under which imported weights record where they come from, in the safetensors metadata.</summary>
public static class WeightMetadata
{
    /// <summary>The network's name.</summary>
    public const string Network = "network";

    /// <summary>The package or file that the weights were taken from.</summary>
    public const string Source = "source";

    /// <summary>The package's version.</summary>
    public const string Version = "version";

    /// <summary>The package's licence.</summary>
    public const string Licence = "licence";

    /// <summary>SHA-256 of the source file.</summary>
    public const string SourceSha256 = "source_sha256";

    /// <summary>SHA-256 of the weights' stored bytes inside of the source.</summary>
    public const string WeightsSha256 = "weights_sha256";
}
