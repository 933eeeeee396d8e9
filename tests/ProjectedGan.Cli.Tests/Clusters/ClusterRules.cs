using System.Text.Json;
using ProjectedGan.Cli.Tests.Processes;
using ProjectedGan.Testing.Prometheus;

namespace ProjectedGan.Cli.Tests.Clusters;

/// <summary>The rules of deploy/prometheus, as Prometheus evaluates them over a cluster at work.</summary>
internal static class ClusterRules
{
    private static readonly TimeSpan Patience = TimeSpan.FromMinutes(1);

    public static string File { get; } = Path.Combine(Repository.Root, "deploy", "prometheus", "projectedgan.rules.yaml");

    /// <summary>Waits until each recording shows something.</summary>
    public static async Task RecordAsync(PrometheusServer prometheus)
    {
        string[] recordings = [.. (await EvaluatedAsync(prometheus)).Where(rule => Text(rule, "type") == "recording").Select(rule => Text(rule, "name"))];
        Assert.NotEmpty(recordings);
        foreach (var recording in recordings)
        {
            await prometheus.QueryAsync(recording);
        }
    }

    /// <summary>Every rule could be evaluated, and no alert fires.</summary>
    public static async Task NothingFiresAsync(PrometheusServer prometheus)
    {
        var rules = await EvaluatedAsync(prometheus);
        Assert.Contains(rules, rule => Text(rule, "type") == "alerting");
        Assert.All(rules, rule => Assert.True(Text(rule, "health") == "ok", $"{rule}"));
        var alerts = (await prometheus.AskApiAsync("api/v1/alerts")).GetProperty("alerts");
        Assert.DoesNotContain(alerts.EnumerateArray(), alert => Text(alert, "state") == "firing");
    }

    /// <summary>The alert's own expression, over seconds in place of its minutes.</summary>
    public static async Task<string> ShortenedAsync(PrometheusServer prometheus, string alert, string window)
    {
        var expression = Text(Assert.Single(await EvaluatedAsync(prometheus), rule => Text(rule, "name") == alert), "query");
        Assert.Contains("[5m]", expression, StringComparison.Ordinal);
        return expression.Replace("[5m]", $"[{window}]", StringComparison.Ordinal);
    }

    // All rules, once each was evaluated since the server began.
    private static async Task<IReadOnlyList<JsonElement>> EvaluatedAsync(PrometheusServer prometheus)
    {
        using CancellationTokenSource deadline = new(Patience);
        while (true)
        {
            JsonElement[] rules =
                [.. (await prometheus.AskApiAsync("api/v1/rules")).GetProperty("groups").EnumerateArray().SelectMany(group => group.GetProperty("rules").EnumerateArray())];
            if (rules.Length > 0 && rules.All(rule => Text(rule, "health") != "unknown"))
            {
                return rules;
            }

            Assert.False(deadline.IsCancellationRequested, $"Prometheus has not evaluated every rule of {File} within {Patience}.");
            await Task.Delay(TimeSpan.FromMilliseconds(100), CancellationToken.None);
        }
    }

    private static string Text(JsonElement element, string name) => element.GetProperty(name).GetString()!;
}
