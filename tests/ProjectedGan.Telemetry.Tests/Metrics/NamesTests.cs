using System.Text.RegularExpressions;
using ProjectedGan.Telemetry.Tests.Hosting;
using ProjectedGan.Testing.Prometheus;

namespace ProjectedGan.Telemetry.Tests.Metrics;

/// <summary>Names are an interface: dashboards and alerts are written against them.</summary>
[Trait("Speed", "Slow")]
public partial class NamesTests
{
    // Measured by the coordinator's storage itself, which knows nothing of this project.
    private const string StorageDuration = "pgan_storage_operation_duration_seconds";

    private static readonly string[] OfExperiments = ["pgan_experiment_", "pgan_evaluation_", "pgan_training_loss{", "pgan_training_gradient_norm{", "pgan_training_gradient_nonfinite_total{", "pgan_training_sign_accuracy{"];

    private static readonly string[] Platform = ["dotnet_", "http_client_", "http_server_", "kestrel_"];

    private static IEnumerable<string> Labels => typeof(TelemetryAttributes).GetFields().Select(constant => ((string)constant.GetRawConstantValue()!).Replace('.', '_'));

    [Fact]
    public async Task Scrape_OfEveryInstrument_HasTheGoldenNames()
    {
        await using var host = await NodeHost.StartAsync();
        Measurements.RecordAll(host);

        var families = NodeHost.Families(await host.ScrapeAsync());

        var golden = await File.ReadAllLinesAsync(Path.Combine(AppContext.BaseDirectory, "Golden", "names.txt"));
        Assert.Equal(golden, families.Where(name => !Platform.Any(prefix => name.StartsWith(prefix, StringComparison.Ordinal))));
    }

    [Fact]
    public async Task Documentation_OfMetrics_ListsTheGoldenNames()
    {
        var golden = await File.ReadAllLinesAsync(Path.Combine(AppContext.BaseDirectory, "Golden", "names.txt"));
        var documentation = await File.ReadAllTextAsync(Path.Combine(RepositoryRoot(), "docs", "metrics.md"));

        IEnumerable<string> documented = DocumentedName().Matches(documentation).Select(match => match.Groups[1].Value).Order(StringComparer.Ordinal);

        Assert.Equal(golden.Append(StorageDuration).Order(StringComparer.Ordinal), documented);
    }

    [Theory]
    [InlineData("docs/operations.md")]
    [InlineData("docs/runbooks.md")]
    [InlineData("deploy/prometheus/projectedgan.rules.yaml")]
    public async Task Text_AboutOperations_UsesNamesThatExist(string file)
    {
        HashSet<string> golden = [StorageDuration, .. await File.ReadAllLinesAsync(Path.Combine(AppContext.BaseDirectory, "Golden", "names.txt"))];
        var text = await File.ReadAllTextAsync(Path.Combine(RepositoryRoot(), file));

        string[] used = [.. UsedName().Matches(text).Select(match => match.Value).Except(Labels)];

        Assert.NotEmpty(used);
        Assert.All(used, name => Assert.True(golden.Contains(name) || golden.Contains(Suffix().Replace(name, "")), $"{file} names {name}, which no node shows."));
    }

    [Fact]
    public async Task Promtool_OfEveryInstrument_FindsNothing()
    {
        await using var host = await NodeHost.StartAsync();
        Measurements.RecordAll(host);
        await host.GetAsync("/");

        var text = await host.ScrapeAsync();

        Assert.Contains("\nhttp_server_request_duration_seconds_count", text, StringComparison.Ordinal);
        Assert.Contains("\ndotnet_process_cpus{", text, StringComparison.Ordinal);
        Assert.Equal("", await Promtool.CheckMetricsAsync(text));
    }

    // Prometheus asks for OpenMetrics, which promtool does not read.
    [Fact]
    public async Task Prometheus_OfEveryInstrument_StoresTheGoldenNames()
    {
        await using var host = await NodeHost.StartAsync();
        Measurements.RecordAll(host);
        await using var server = await PrometheusServer.StartAsync(("node", host.Address));
        await server.QueryAsync("pgan_training_sign_accuracy");

        var names = await server.AskApiAsync("api/v1/label/__name__/values?match[]={job=\"node\",__name__=~\"pgan_.*|target_info\"}");

        var golden = await File.ReadAllLinesAsync(Path.Combine(AppContext.BaseDirectory, "Golden", "names.txt"));
        var stored = names.EnumerateArray().Select(name => name.GetString()!).Where(name => !name.EndsWith("_created", StringComparison.Ordinal));
        Assert.Equal(golden, stored.Select(name => Suffix().Replace(name, "")).Distinct());
    }

    [Fact]
    public async Task Labels_OfOurMetrics_AreTheConstants()
    {
        await using var host = await NodeHost.StartAsync();
        Measurements.RecordAll(host);
        HashSet<string> known = [.. Labels];
        known.UnionWith(["otel_scope_name", "le"]);

        foreach (var line in (await host.ScrapeAsync()).Split('\n').Where(line => line.StartsWith("pgan_", StringComparison.Ordinal) && !line.StartsWith("pgan_build_info", StringComparison.Ordinal)))
        {
            string[] labels = [.. Label().Matches(line).Select(match => match.Groups[1].Value)];
            Assert.All(labels, label => Assert.Contains(label, known));
            // The only label whose values have no bound belongs to gauges that are removed with their experiment, or when its worker leaves it, and to
            // one counter of such a meter, which is renewed.
            Assert.True(!labels.Contains("pgan_experiment_id") || OfExperiments.Any(prefix => line.StartsWith(prefix, StringComparison.Ordinal)), line);
        }
    }

    private static string RepositoryRoot()
    {
        for (DirectoryInfo? folder = new(AppContext.BaseDirectory); folder is not null; folder = folder.Parent)
        {
            if (File.Exists(Path.Combine(folder.FullName, "docs", "metrics.md")))
            {
                return folder.FullName;
            }
        }

        throw new InvalidOperationException($"No docs/metrics.md above '{AppContext.BaseDirectory}'.");
    }

    [GeneratedRegex(@"^\| `(pgan_[a-z_]+|target_info)` \|", RegexOptions.Multiline)]
    private static partial Regex DocumentedName();

    // A recording's name has colons around that of its metric.
    [GeneratedRegex(@"(?<!:)\bpgan_[a-z_]+\b(?!:)")]
    private static partial Regex UsedName();

    [GeneratedRegex("_(sum|count|bucket)$")]
    private static partial Regex Suffix();

    [GeneratedRegex("[{,]([a-z_]+)=\"")]
    private static partial Regex Label();
}
