using System.Text.Json;
using ProjectedGan.Cli.Tests.Processes;
using ProjectedGan.Testing.Prometheus;

namespace ProjectedGan.Cli.Tests.Clusters;

/// <summary>Panels and annotations of deploy/grafana/dashboards, whose names and labels a cluster at work must bear out.</summary>
internal static class DashboardQueries
{
    // What a panel's description says that need not show anything here: other exporters are absent, and nothing goes wrong.
    private static readonly string[] Excused = [" Needs ", " Empty until "];

    /// <summary>Waits until each panel's query returns data; those that are excused must be understood.</summary>
    public static async Task HaveDataAsync(PrometheusServer prometheus)
    {
        foreach (var panel in (await DashboardsAsync()).SelectMany(dashboard => dashboard.GetProperty("panels").EnumerateArray()).Where(panel => panel.TryGetProperty("targets", out _)))
        {
            foreach (var query in panel.GetProperty("targets").EnumerateArray().Select(Sent))
            {
                await AskAsync(prometheus, query, Excused.Any(words => panel.GetProperty("description").GetString()!.Contains(words, StringComparison.Ordinal)));
            }
        }
    }

    /// <summary>Waits until each annotation marks something; alerts must be understood, and none fires.</summary>
    public static async Task AnnotationsHaveDataAsync(PrometheusServer prometheus)
    {
        string[] queries = [.. (await DashboardsAsync()).SelectMany(dashboard => dashboard.GetProperty("annotations").GetProperty("list").EnumerateArray()).Select(Sent).Distinct()];
        Assert.Equal(3, queries.Length);
        foreach (var query in queries)
        {
            // What happened may lie back further than a step of the dashboard's.
            await AskAsync(prometheus, query.Replace("[1m]", "[10m]", StringComparison.Ordinal), isExcused: query.Contains("ALERTS", StringComparison.Ordinal));
        }
    }

    private static async Task AskAsync(PrometheusServer prometheus, string query, bool isExcused)
    {
        if (isExcused)
        {
            await prometheus.HasDataAsync(query);
        }
        else
        {
            await prometheus.QueryAsync(query);
        }
    }

    private static async Task<IReadOnlyList<JsonElement>> DashboardsAsync()
    {
        List<JsonElement> dashboards = [];
        foreach (var file in Directory.GetFiles(Path.Combine(Repository.Root, "deploy", "grafana", "dashboards"), "*.json"))
        {
            using var dashboard = JsonDocument.Parse(await File.ReadAllTextAsync(file));
            dashboards.Add(dashboard.RootElement.Clone());
        }

        Assert.NotEmpty(dashboards);
        return dashboards;
    }

    // As Grafana sends it when everything is chosen.
    private static string Sent(JsonElement query) => query.GetProperty("expr").GetString()!
        .Replace("$__rate_interval", "1m", StringComparison.Ordinal)
        .Replace("$experiment", ".*", StringComparison.Ordinal)
        .Replace("$instance", ".*", StringComparison.Ordinal)
        .Replace("$metric", "fd", StringComparison.Ordinal);
}
