using System.Text.RegularExpressions;
using Deployment.Tests.Tools;

namespace Deployment.Tests.Chart;

/// <summary>Rules, dashboards and monitors of a release that is called otherwise.</summary>
public sealed partial class MonitoringTests
{
    private const string Values = "fullnameOverride=trainer,nameOverride=gans,coordinator.persistence.existingClaim=shared.disk,"
        + "metrics.serviceMonitor.enabled=true,metrics.podMonitor.enabled=true,metrics.prometheusRule.enabled=true,metrics.dashboards.enabled=true";

    private static readonly Lazy<string> Rendered = new(() => Rendering.Template("--set", Values).Succeeded().Output);

    [Theory]
    [InlineData("shared.disk", true)]
    [InlineData("cache-trainer-worker-gpu-0", true)]
    [InlineData("gan-projectedgan-data", true)]
    [InlineData("database-0", false)]
    public void Claims_OfTheRelease_AreInTheAlertAndTheDashboard(string claim, bool isOurs)
    {
        string[] patterns = [.. Claims().Matches(Rendered.Value).Select(match => match.Groups[1].Value)];
        Assert.True(patterns.Length >= 4, $"{patterns.Length} expressions name claims.");
        // Prometheus anchors its regular expressions.
        Assert.All(patterns, pattern => Assert.Equal(isOurs, Regex.IsMatch(claim, $"^(?:{pattern})$")));
    }

    [Theory]
    [InlineData("ServiceMonitor", "endpoints")]
    [InlineData("PodMonitor", "podMetricsEndpoints")]
    public void Targets_AreNamedAfterTheirPods_UnderTheJobOfTheRules(string kind, string endpoints)
    {
        var monitor = Assert.Single(YamlText.Documents(Rendered.Value), item => item["kind"]!.GetValue<string>() == kind);
        var relabelings = Assert.Single(monitor["spec"]![endpoints]!.AsArray())!["relabelings"]!.AsArray();
        Assert.Equal(
            ["""{"sourceLabels":["__meta_kubernetes_pod_name"],"targetLabel":"instance"}""", """{"targetLabel":"job","replacement":"projectedgan"}"""],
            relabelings.Select(relabeling => relabeling!.ToJsonString()));
        Assert.Null(monitor["spec"]!["jobLabel"]);
    }

    // In the dashboard the quotes are escaped.
    [GeneratedRegex("persistentvolumeclaim=~\\\\?\"([^\"\\\\]+)\\\\?\"")]
    private static partial Regex Claims();
}
