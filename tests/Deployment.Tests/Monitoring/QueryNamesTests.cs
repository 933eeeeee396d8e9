namespace Deployment.Tests.Monitoring;

/// <summary>What the other tests rest on.</summary>
public sealed class QueryNamesTests
{
    [Theory]
    [InlineData("up", "up", "")]
    [InlineData("sum by (job, instance) (rate(a_total{x=\"b_total\", y!~\"c\"}[5m] offset 10m)) > 0.5", "a_total", "instance job x y")]
    [InlineData("sum without (le) (a_bucket) / on (pod) group_left (gpu) b{} and c unless d or e > bool 1e3", "a_bucket b c d e", "gpu le pod")]
    [InlineData("time() - instance:a:rate5m * 7 * 86400", "instance:a:rate5m", "")]
    [InlineData("rate(a_sum{instance=~\"$instance\"}[$__rate_interval])", "a_sum", "instance")]
    public void Of_AnExpression_TellsMetricsFromLabels(string expression, string metrics, string labels)
    {
        var names = QueryNames.Of(expression);
        Assert.Equal(metrics, string.Join(' ', names.Metrics.Order(StringComparer.Ordinal)));
        Assert.Equal(labels, string.Join(' ', names.Labels.Order(StringComparer.Ordinal)));
    }
}
