using System.Text.Json;
using ProjectedGan.Node.Tests.Processes;
using ProjectedGan.Testing.Prometheus;

namespace ProjectedGan.Node.Tests.Clusters;

/// <summary>The panels of deploy/grafana/dashboards, whose names and labels a cluster at work must bear out.</summary>
internal static class DashboardQueries
{
    // What a panel's description says that need not show anything here: other exporters are absent, and nothing goes wrong.
    private static readonly string[] Excused = [" Needs ", " Empty until "];

    // The spec of the test draws its snapshots and measures no figure of merit.
    private static readonly string[] OfMerit = ["pgan_evaluation_metric_", "pgan_evaluation_snapshot_iteration"];

    /// <summary>Waits until each panel's query returns data.</summary>
    public static async Task HaveDataAsync(PrometheusServer prometheus)
    {
        string[] files = Directory.GetFiles(Path.Combine(Repository.Root, "deploy", "grafana", "dashboards"), "*.json");
        Assert.NotEmpty(files);
        foreach (string file in files)
        {
            using JsonDocument dashboard = JsonDocument.Parse(await File.ReadAllTextAsync(file));
            foreach (string expression in dashboard.RootElement.GetProperty("panels").EnumerateArray().Where(IsShown).SelectMany(Expressions))
            {
                await prometheus.QueryAsync(Sent(expression));
            }
        }
    }

    private static bool IsShown(JsonElement panel) =>
        panel.TryGetProperty("description", out JsonElement description) && !Excused.Any(words => description.GetString()!.Contains(words, StringComparison.Ordinal));

    private static IEnumerable<string> Expressions(JsonElement panel) => panel.GetProperty("targets").EnumerateArray()
        .Select(target => target.GetProperty("expr").GetString()!).Where(text => !OfMerit.Any(name => text.Contains(name, StringComparison.Ordinal)));

    // As Grafana sends it when everything is chosen.
    private static string Sent(string expression) => expression
        .Replace("$__rate_interval", "1m", StringComparison.Ordinal)
        .Replace("$experiment", ".*", StringComparison.Ordinal)
        .Replace("$instance", ".*", StringComparison.Ordinal);
}
