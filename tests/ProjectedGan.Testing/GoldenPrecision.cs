using static TorchSharp.torch;

namespace ProjectedGan.Testing;

/// <summary>The arithmetic of a golden run: the strict check is <see cref="Float64"/>.</summary>
public enum GoldenPrecision
{
    Float32,
    Float64,
}

public static class GoldenPrecisionExtensions
{
    public static ScalarType ToScalarType(this GoldenPrecision precision) =>
        precision == GoldenPrecision.Float64 ? ScalarType.Float64 : ScalarType.Float32;
}
