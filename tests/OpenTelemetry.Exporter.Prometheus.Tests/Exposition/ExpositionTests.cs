using System.Diagnostics.Metrics;
using OpenTelemetry.Exporter.Prometheus.Tests.Hosting;

namespace OpenTelemetry.Exporter.Prometheus.Tests.Exposition;

public class ExpositionTests
{
    [Theory]
    [InlineData("s", "name_seconds")]
    [InlineData("ms", "name_milliseconds")]
    [InlineData("By", "name_bytes")]
    [InlineData("{image}", "name")]
    [InlineData("{image}/s", "name_per_second")]
    [InlineData("m/s", "name_meters_per_second")]
    [InlineData("1", "name")]
    [InlineData("%", "name_percent")]
    [InlineData("By.widget", "name_By_widget")]
    [InlineData("", "name")]
    public async Task Unit_OfAGauge_BecomesASuffix(string unit, string expected)
    {
        await using MetricsHost host = await MetricsHost.StartAsync(options => options.ScopeInfoEnabled = false);
        host.Meter.CreateGauge<int>("name", unit).Record(1, new KeyValuePair<string, object?>("a", 1));

        Assert.Contains($"\n{expected}{{a=\"1\"}} 1\n", await host.ScrapeAsync(MetricsHost.Text), StringComparison.Ordinal);
    }

    [Fact]
    public async Task ScopeAndTargetInfo_SwitchedOff_AreLeftOut()
    {
        await using MetricsHost host = await MetricsHost.StartAsync(options =>
        {
            options.ScopeInfoEnabled = false;
            options.TargetInfoEnabled = false;
        });
        host.Meter.CreateGauge<int>("name").Record(4, new KeyValuePair<string, object?>("a", 1));

        Assert.Equal("# TYPE name gauge\nname{a=\"1\"} 4\n", await host.ScrapeAsync(MetricsHost.Text));
    }

    [Fact]
    public async Task TotalSuffix_SwitchedOff_StaysInOpenMetricsOnly()
    {
        await using MetricsHost host = await MetricsHost.StartAsync(options => options.DisableTotalNameSuffixForCounters = true);
        host.Meter.CreateCounter<int>("name").Add(4);

        Assert.Contains("\nname{", await host.ScrapeAsync(MetricsHost.Text), StringComparison.Ordinal);
        Assert.Contains("\nname_total{", await host.ScrapeAsync(MetricsHost.OpenMetrics), StringComparison.Ordinal);
    }

    [Fact]
    public async Task ResourceConstantLabels_Chosen_AreOnEverySample()
    {
        await using MetricsHost host = await MetricsHost.StartAsync(options =>
        {
            options.ScopeInfoEnabled = false;
            options.ResourceConstantLabels = key => key == "service.instance.id";
        });
        host.Meter.CreateGauge<int>("name").Record(4);

        Assert.Contains("\nname{service_instance_id=\"one\"} 4\n", await host.ScrapeAsync(MetricsHost.Text), StringComparison.Ordinal);
    }

    [Fact]
    public async Task OneName_FromTwoMeters_IsOneFamily()
    {
        string prefix = $"family.{Guid.NewGuid():N}";
        await using MetricsHost host = await MetricsHost.StartNamedAsync(prefix + ".*", _ => { });
        using Meter first = new(prefix + ".first");
        using Meter second = new(prefix + ".second");
        first.CreateGauge<int>("shared").Record(1);
        first.CreateGauge<int>("between").Record(3);
        second.CreateGauge<int>("shared", null, "Help of the second.").Record(2);

        string text = await host.ScrapeAsync(MetricsHost.Text);

        Assert.Contains(
            $"# TYPE shared gauge\n# HELP shared Help of the second.\nshared{{otel_scope_name=\"{prefix}.first\"}} 1\nshared{{otel_scope_name=\"{prefix}.second\"}} 2\n",
            text,
            StringComparison.Ordinal);
    }

    [Fact]
    public async Task OneName_OfTwoKinds_IsLeftOut()
    {
        await using MetricsHost host = await MetricsHost.StartAsync();
        host.Meter.CreateGauge<int>("clash.total").Record(1);
        host.Meter.CreateCounter<int>("clash").Add(1);
        host.Meter.CreateGauge<int>("fine").Record(1);

        string text = await host.ScrapeAsync(MetricsHost.Text);

        Assert.DoesNotContain("clash", text, StringComparison.Ordinal);
        Assert.Contains("\nfine{", text, StringComparison.Ordinal);
    }
}
