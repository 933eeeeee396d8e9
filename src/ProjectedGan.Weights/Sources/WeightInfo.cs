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
