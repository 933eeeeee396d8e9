using System.Text.Json;
using System.Text.Json.Nodes;
using Deployment.Tests.Monitoring.Dashboards;
using ProjectedGan.Testing.Prometheus;

namespace Deployment.Tests.Monitoring;

/// <summary>Every query, asked of a real Prometheus that holds two hours of made-up samples.</summary>
public sealed class QueryTests : IAsyncLifetime
{
    private static readonly string Now = SampleFile.End.ToUnixTimeSeconds().ToString(System.Globalization.CultureInfo.InvariantCulture);

    private PrometheusServer _prometheus = null!;

    public async Task InitializeAsync() => _prometheus = await PrometheusServer.OverAsync(SampleFile.OpenMetrics());

    public async Task DisposeAsync() => await _prometheus.DisposeAsync();

    [Fact]
    public async Task Panels_ParseAndReturnData()
    {
        List<string> wrong = [];
        foreach (var query in Dashboard.All.SelectMany(DashboardQueries.Of))
        {
            var series = await CountAsync(query.Sent, query.Where);
            if (query.IsForeign)
            {
                Assert.True(query.Description.Contains(" Needs ", StringComparison.Ordinal), $"{query.Where} asks another exporter and does not say what it needs.");
            }
            else if (series == 0)
            {
                wrong.Add($"{query.Where}: {query.Sent}");
            }
        }

        Assert.True(wrong.Count == 0, $"Without data:\n{string.Join('\n', wrong)}");
    }

    [Fact]
    public async Task GpuPanels_WithAndWithoutHonouredLabels_ShowTheGpusOfWorkers()
    {
        DashboardQueries[] queries = [.. Dashboard.All.SelectMany(DashboardQueries.Of).Where(query => query.Expression.Contains("DCGM_", StringComparison.Ordinal))];
        Assert.Equal(4, queries.Length);
        foreach (var query in queries)
        {
            var data = await _prometheus.AskApiAsync($"api/v1/query?time={Now}&query={Uri.EscapeDataString(query.Sent)}");
            JsonElement[] labels = [.. data.GetProperty("result").EnumerateArray().Select(sample => sample.GetProperty("metric"))];
            Assert.Equal(["0", "1"], labels.Select(label => label.GetProperty("gpu").GetString()).Order(StringComparer.Ordinal));
            // The legend names the worker's pod, not the exporter's.
            Assert.All(labels, label => Assert.Equal("w-0", label.GetProperty("pod").GetString()));
        }
    }

    [Fact]
    public async Task Variables_HaveValues()
    {
        foreach (var variable in Dashboard.All.SelectMany(dashboard => dashboard.Model["templating"]!["list"]!.AsArray().OfType<JsonNode>()).Where(item => item["type"]!.GetValue<string>() == "query"))
        {
            var words = variable["definition"]!.GetValue<string>().Split(['(', ',', ' ', ')'], StringSplitOptions.RemoveEmptyEntries);
            Assert.Equal("label_values", words[0]);
            var values = await _prometheus.AskApiAsync($"api/v1/label/{words[2]}/values?match[]={words[1]}&start={Now}&end={Now}");
            Assert.True(values.GetArrayLength() > 0, $"${variable["name"]} has no values.");
        }
    }

    [Fact]
    public async Task Rules_Parse_AndRecordingsOfMetricsReturnData()
    {
        HashSet<string> recorded = [.. RulesTests.Recorded()];
        foreach (var rule in RulesTests.Rules())
        {
            string name = (rule["record"] ?? rule["alert"])!.GetValue<string>(), expression = rule["expr"]!.GetValue<string>();
            var series = await CountAsync(expression, name);
            // A recording of recordings has none here: nothing evaluates the rules.
            Assert.True(rule["alert"] is not null || QueryNames.Of(expression).Metrics.Overlaps(recorded) || series > 0, $"{name} records nothing.");
        }
    }

    [Fact]
    public void Samples_AreOfKnownMetrics()
    {
        HashSet<string> known = ["ALERTS"];
        Assert.All(SampleFile.Families, family => KnownNames.AssertKnown(family, "cluster.samples", known));
    }

    private async Task<int> CountAsync(string expression, string where)
    {
        try
        {
            var data = await _prometheus.AskApiAsync($"api/v1/query?time={Now}&query={Uri.EscapeDataString(expression)}");
            return data.GetProperty("result").EnumerateArray().Count(sample => sample.GetProperty("value")[1].GetString() != "NaN");
        }
        catch (InvalidOperationException refusal)
        {
            throw new InvalidOperationException($"{where}: {refusal.Message}", refusal);
        }
    }
}
