using System.Diagnostics.Metrics;
using System.Text.RegularExpressions;
using OpenTelemetry.Exporter.Prometheus.Tests.Hosting;

namespace OpenTelemetry.Exporter.Prometheus.Tests.Exposition;

public partial class GoldenExpositionTests
{
    [Theory]
    [InlineData(MetricsHost.Text, "text.txt")]
    [InlineData(MetricsHost.OpenMetrics, "openmetrics.txt")]
    public async Task SmallMeter_AsText_IsTheGoldenFile(string accept, string golden)
    {
        await using MetricsHost host = await MetricsHost.StartNamedAsync($"golden.{golden}", _ => { });
        RecordSamples(host.Meter);

        string found = Created().Replace(await host.ScrapeAsync(accept), "_created$1 0");

        Assert.Equal(await File.ReadAllTextAsync(Path.Combine(AppContext.BaseDirectory, "Golden", golden)), found);
    }

    private static void RecordSamples(Meter meter)
    {
        Counter<long> images = meter.CreateCounter<long>("pgan.training.images", "{image}", "Images trained on.");
        images.Add(7, new("phase", "generator"), new KeyValuePair<string, object?>("real", true));
        images.Add(5, new KeyValuePair<string, object?>("phase", "a \"quoted\\path\"\nand a line"));
        meter.CreateCounter<double>("pgan.collective.io", "By", "Bytes \"sent\" \\ received.\nBoth.").Add(1.5e17);
        meter.CreateGauge<double>("pgan.loss", "1", "Mean loss.").Record(-0.1);
        meter.CreateGauge<double>("metric/_name-9").Record(double.NaN);
        meter.CreateUpDownCounter<int>("pgan.queue", "{job}", "Jobs that wait.").Add(-3);
        meter.CreateGauge<double>("pgan.speed", "By/s", "Bytes each second.").Record(double.PositiveInfinity);
        Histogram<double> durations = meter.CreateHistogram("pgan.step.duration", "s", "Time of a step.", null, new InstrumentAdvice<double> { HistogramBucketBoundaries = [0.005, 1, 2.5, 1e-5 + 10] });
        durations.Record(0.004);
        durations.Record(2);
        durations.Record(100);
        Histogram<double> changes = meter.CreateHistogram("pgan.change", "", "Goes either way.", null, new InstrumentAdvice<double> { HistogramBucketBoundaries = [-1, 0] });
        changes.Record(-2, new KeyValuePair<string, object?>("le", "dropped"));
        Counter<long> total = meter.CreateCounter<long>("already.total", "", "Named with its suffix.");
        total.Add(1, new("a.b", "dot"), new KeyValuePair<string, object?>("a-b", "dash"));
        total.Add(2);
    }

    [GeneratedRegex(@"_created(\{[^\n]*\})? [0-9]+\.[0-9]+(?=\n)")]
    private static partial Regex Created();
}
