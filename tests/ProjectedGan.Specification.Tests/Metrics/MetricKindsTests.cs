using ProjectedGan.Specification.Metrics;

namespace ProjectedGan.Specification.Tests.Metrics;

public class MetricKindsTests
{
    [Theory]
    [InlineData("", new MetricKind[0])]
    [InlineData("FrechetDistance", new[] { MetricKind.FrechetDistance })]
    [InlineData(" precisionrecall ,KERNELDISTANCE,", new[] { MetricKind.PrecisionRecall, MetricKind.KernelDistance })]
    public void Parse_NamesInAnyCase_GivesTheMetricsInOrder(string list, MetricKind[] expected)
    {
        var (kinds, problems) = MetricKinds.Parse(list);

        Assert.Equal(expected, kinds);
        Assert.Empty(problems);
    }

    [Theory]
    [InlineData("beauty", "has 'beauty'; it may have FrechetDistance, ")]
    [InlineData("-1", "has '-1'; ")]
    [InlineData("0", "has '0'; ")]
    [InlineData("+1", "has '+1'; ")]
    [InlineData("FrechetDistance, frechetdistance", "has 'frechetdistance' twice; ")]
    [InlineData(" , ", "is ' , ', which names no metric; ")]
    public void Parse_AnythingElse_IsAProblem(string list, string expected) =>
        Assert.StartsWith(expected, Assert.Single(MetricKinds.Parse(list).Problems), StringComparison.Ordinal);
}
