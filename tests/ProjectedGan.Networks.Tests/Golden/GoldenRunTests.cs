using ProjectedGan.Testing;
using Xunit.Sdk;

namespace ProjectedGan.Networks.Tests.Golden;

/// <summary>The comparison itself must be able to fail.</summary>
public sealed class GoldenRunTests
{
    private static readonly GoldenOutput Output = new()
    {
        Name = "out",
        Key = "mu_real",
        Shape = [64],
        Dtype = "float64",
        Stored = "full",
        Mean = Reference().Average(),
        Std = 0.028941620345496463,
        L2 = Math.Sqrt(Reference().Sum(value => value * value)),
        F64 = new GoldenDouble(),
        Tolerance = new GoldenTolerance { RelativeL2 = 1e-3, MaxAbs = 1e-3 },
    };

    [Theory]
    [InlineData(GoldenPrecision.Float64, 0.0, true)]
    [InlineData(GoldenPrecision.Float64, 1e-8, false)]
    [InlineData(GoldenPrecision.Float32, 1e-4, true)]
    [InlineData(GoldenPrecision.Float32, 1e-2, false)]
    public void Difference_RelativeError_IsReportedAboveTheTolerance(GoldenPrecision precision, double error, bool accepted)
    {
        var actual = Array.ConvertAll(Reference(), value => value * (1 + error));

        var difference = GoldenComparison.Difference(Output, File(), actual, precision);

        Assert.Equal(accepted, difference is null);
    }

    [Fact]
    public void Difference_NotANumber_IsReported()
    {
        var actual = Reference();
        actual[3] = double.NaN;

        Assert.Equal("out: not finite.", GoldenComparison.Difference(Output, File(), actual, GoldenPrecision.Float32));
    }

    [Fact]
    public void Finish_OutputsNeverCompared_Fails()
    {
        var run = new GoldenRun(AnyCase("fastgan"), GoldenPrecision.Float64);

        var error = Assert.Throws<TrueException>(run.Finish);

        Assert.Contains("eval/image: never compared.", error.Message, StringComparison.Ordinal);
    }

    private static string AnyCase(string runner) => GoldenFolder.Open().Manifest.Cases.First(item => item.Runner == runner).Id;

    private static GoldenFile File() => GoldenFolder.Open().Outputs(GoldenFolder.Open().Case(AnyCase("fid")));

    private static double[] Reference() => File().Values("mu_real");
}
