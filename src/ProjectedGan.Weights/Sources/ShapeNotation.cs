namespace ProjectedGan.Weights.Sources;

public static class ShapeNotation
{
    /// <summary>A shape as messages show it, <c>[64, 3, 4, 4]</c>; a long one (only damaged files have it) is cut.</summary>
    public static string Of(IEnumerable<long> shape)
    {
        var sizes = shape.Take(17).ToArray();
        return sizes.Length > 16 ? $"[{string.Join(", ", sizes.Take(16))}, …]" : $"[{string.Join(", ", sizes)}]";
    }
}
