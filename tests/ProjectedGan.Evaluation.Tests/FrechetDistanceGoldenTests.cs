using ProjectedGan.Evaluation.Distances;
using ProjectedGan.Testing;
using static TorchSharp.torch;

namespace ProjectedGan.Evaluation.Tests;

public sealed class FrechetDistanceGoldenTests
{
    [Theory]
    [GoldenCases("fid")]
    [GoldenGaps("fid")]
    public void FrechetDistance_OnGoldenFeatures_MatchesReference(string id, GoldenPrecision precision)
    {
        using var scope = NewDisposeScope();
        GoldenRun golden = new(id, precision);
        var real = Gather(golden.Given("in/real"));
        var generated = Gather(golden.Given("in/gen"));

        golden.Compare("mu_real", [.. real.Mean()]);
        golden.Compare("sigma_real", real.Covariance().data<double>().ToArray());
        golden.Compare("mu_gen", [.. generated.Mean()]);
        golden.Compare("sigma_gen", generated.Covariance().data<double>().ToArray());
        golden.Compare("trace_sqrt_accurate", FrechetDistance.TraceOfRoot(generated.CovarianceFactor(), real.CovarianceFactor()));
        golden.Compare("fid_accurate", FrechetDistance.Between(generated, real));
        // The reference's matrix square root leaves its own error in its distances, which fid_accurate is without.
        golden.Skip(output => output.Name is "fid_official" or "fid_same");
        Assert.InRange(FrechetDistance.Between(real, real), 0, 1e-12);
        golden.Finish();
    }

    private static FeatureStatistics Gather(Tensor features)
    {
        FeatureStatistics statistics = new((int)features.shape[1]);
        statistics.Add(features);
        return statistics;
    }
}
