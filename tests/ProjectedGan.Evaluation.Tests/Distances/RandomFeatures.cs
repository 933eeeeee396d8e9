using static TorchSharp.torch;

namespace ProjectedGan.Evaluation.Tests.Distances;

/// <summary>Seeded features for tests.</summary>
internal static class RandomFeatures
{
    /// <summary>[count, dimension] in float64: normal, mixed so that dimensions correlate, and shifted.</summary>
    public static Tensor Make(int seed, long count, long dimension, double shift = 0)
    {
        using var scope = NewDisposeScope();
        Generator random = new((ulong)seed);
        var mix = randn([dimension, dimension], dtype: ScalarType.Float64, generator: random).div(Math.Sqrt(dimension));
        return randn([count, dimension], dtype: ScalarType.Float64, generator: random).matmul(mix).add(shift).MoveToOuterDisposeScope();
    }

    /// <summary>The features one by one as arrays, row by row.</summary>
    public static double[] Values(Tensor tensor) => tensor.contiguous().data<double>().ToArray();
}
