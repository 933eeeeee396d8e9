using ProjectedGan.Specification;
using ProjectedGan.Training.Runs;

namespace ProjectedGan.Training.Tests.Runs;

[Trait("Speed", "Slow")]
public class FeatureNetworkTests
{
    public static TheoryData<FeatureNetworkKind> Kinds => [.. Enum.GetValues<FeatureNetworkKind>()];

    [Theory]
    [MemberData(nameof(Kinds))]
    public void Run_EachFeatureNetwork_TrainsAnIteration(FeatureNetworkKind kind)
    {
        var spec = Tiny.Spec(iterations: 1);
        var observer = new RecordingObserver();

        DeterminismTests.Hash(spec with { Features = spec.Features with { Network = kind } }, new TrainerOptions { Observer = observer });

        var report = Assert.Single(observer.Reports);
        Assert.True(double.IsFinite(report.GeneratedLoss + report.RealLoss));
        Assert.True(report.GeneratorGradientNorm > 0 && double.IsFinite(report.GeneratorGradientNorm), $"{report.GeneratorGradientNorm}");
        Assert.True(report.DiscriminatorGradientNorm > 0 && double.IsFinite(report.DiscriminatorGradientNorm), $"{report.DiscriminatorGradientNorm}");
    }
}
