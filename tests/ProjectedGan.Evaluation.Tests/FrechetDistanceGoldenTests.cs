using ProjectedGan.Evaluation.Distances;
using ProjectedGan.Testing;
using static TorchSharp.torch;

namespace ProjectedGan.Evaluation.Tests;

public sealed class FrechetDistanceGoldenTests
{
    [Theory]
    [MemberData(nameof(GoldenRunners.Cases), "fid", MemberType = typeof(GoldenRunners))]
    public void FrechetDistance_OnGoldenFeatures_MatchesReference(string id, GoldenPrecision precision)
    {
        using var scope = NewDisposeScope();
        GoldenFeatures golden = new(id, precision);
        var real = Gather(golden.Input("in/real"));
        var generated = Gather(golden.Input("in/gen"));

        golden.AssertStored("mu_real", tensor(real.Mean().ToArray()));
        golden.AssertStored("sigma_real", real.Covariance());
        golden.AssertStored("mu_gen", tensor(generated.Mean().ToArray()));
        golden.AssertStored("sigma_gen", generated.Covariance());
        golden.AssertValue("trace_sqrt_accurate", FrechetDistance.TraceOfRoot(generated.CovarianceFactor(), real.CovarianceFactor()));
        golden.AssertValue("fid_accurate", FrechetDistance.Between(generated, real));
        // The reference's matrix square root leaves its own error in the distance of a set from itself; ours is 0 to rounding.
        Assert.InRange(FrechetDistance.Between(real, real), 0, 1e-12);
    }

    private static FeatureStatistics Gather(Tensor features)
    {
        FeatureStatistics statistics = new((int)features.shape[1]);
        statistics.Add(features);
        return statistics;
    }
}
