using System.IO.Compression;
using System.Net;
using System.Text;
using OpenTelemetry.Exporter.Prometheus.Tests.Hosting;

namespace OpenTelemetry.Exporter.Prometheus.Tests.Scraping;

public class NegotiationTests
{
    private const string TextType = "text/plain; version=0.0.4; charset=utf-8";
    private const string OpenMetricsType = "application/openmetrics-text; version=1.0.0; charset=utf-8; escaping=underscores";

    [Theory]
    [InlineData("", TextType)]
    [InlineData("*/*", TextType)]
    [InlineData("text/html, nonsense;;", TextType)]
    [InlineData("text/plain", TextType)]
    [InlineData("application/openmetrics-text", OpenMetricsType)]
    [InlineData("application/openmetrics-text; version=\"1.0.0\"; escaping=allow-utf-8, text/plain", OpenMetricsType)]
    [InlineData("application/openmetrics-text;q=0.2,text/plain;version=0.0.4;q=0.9", TextType)]
    [InlineData("application/openmetrics-text;q=0,text/plain;q=0.1", TextType)]
    [InlineData("application/openmetrics-text;version=1.0.0,application/openmetrics-text;version=0.0.1;q=0.75,text/plain;version=0.0.4;q=0.5,*/*;q=0.1", OpenMetricsType)]
    public async Task Accept_OfARequest_ChoosesTheFormat(string accept, string expected)
    {
        await using MetricsHost host = await MetricsHost.StartAsync();
        host.Meter.CreateGauge<int>("name").Record(1);

        using HttpResponseMessage response = await host.SendAsync(accept);

        Assert.Equal(HttpStatusCode.OK, response.StatusCode);
        Assert.Equal(expected, response.Content.Headers.ContentType!.ToString().Replace("escaping=allow-utf-8", "escaping=underscores", StringComparison.Ordinal));
        Assert.Equal(expected == OpenMetricsType, (await response.Content.ReadAsStringAsync()).EndsWith("# EOF\n", StringComparison.Ordinal));
    }

    [Fact]
    public async Task AcceptEncoding_Gzip_IsCompressed()
    {
        await using MetricsHost host = await MetricsHost.StartAsync();
        host.Meter.CreateGauge<int>("name").Record(1);

        using HttpResponseMessage response = await host.SendAsync(MetricsHost.Text, ("Accept-Encoding", "br, gzip"));

        Assert.Equal(["gzip"], response.Content.Headers.ContentEncoding);
        using StreamReader text = new(new GZipStream(await response.Content.ReadAsStreamAsync(), CompressionMode.Decompress), Encoding.UTF8);
        Assert.Contains("\nname{", await text.ReadToEndAsync(), StringComparison.Ordinal);
    }
}
