namespace ProjectedGan.Testing;

/// <summary>The arithmetic of a golden run: the strict check is <see cref="Float64"/>.</summary>
public enum GoldenPrecision
{
    Float32,
    Float64,
}
