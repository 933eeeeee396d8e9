using ProjectedGan.Evaluation.Distances;
using ProjectedGan.Testing;
using static TorchSharp.torch;

namespace ProjectedGan.Evaluation.Tests;

public sealed class KernelDistanceGoldenTests
{
    [Theory]
    [MemberData(nameof(GoldenRunners.Cases), "kid", MemberType = typeof(GoldenRunners))]
    public void KernelDistance_OnGoldenSubsets_MatchesReference(string id, GoldenPrecision precision)
    {
        using var scope = NewDisposeScope();
        GoldenFeatures golden = new(id, precision);
        KernelSubset[] subsets = [.. golden.Indices("in/idx_gen").Zip(golden.Indices("in/idx_real"), (gen, real) => new KernelSubset(gen, real))];

        Assert.Equal(golden.Argument("num_subsets"), subsets.Length);
        Assert.All(subsets, subset => Assert.Equal(golden.Argument("max_subset_size"), subset.Real.Count));
        golden.AssertValue("kid", KernelDistance.Between(golden.Input("in/gen"), golden.Input("in/real"), subsets));
    }
}
