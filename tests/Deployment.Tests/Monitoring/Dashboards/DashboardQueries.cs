namespace Deployment.Tests.Monitoring.Dashboards;

/// <summary>An expression of a panel or an annotation.</summary>
/// <param name="Where">Dashboard and title.</param>
/// <param name="Expression">PromQL with Grafana's variables.</param>
/// <param name="Description">The panel's.</param>
internal sealed record DashboardQueries(string Where, string Expression, string Description)
{
    /// <summary>As Grafana sends it when everything is chosen.</summary>
    public string Sent => Expression
        .Replace("$__rate_interval", "2m", StringComparison.Ordinal)
        .Replace("$experiment", ".*", StringComparison.Ordinal)
        .Replace("$instance", ".*", StringComparison.Ordinal)
        .Replace("$metric", "fid", StringComparison.Ordinal);

    /// <summary>Whether it asks for another exporter's metric, which not every cluster has.</summary>
    public bool IsForeign => QueryNames.Of(Expression).Metrics.Any(KnownNames.IsForeign);

    public static IEnumerable<DashboardQueries> Of(Dashboard dashboard) =>
    [
        .. dashboard.Panels.SelectMany(panel => panel["targets"]!.AsArray().Select(target => new DashboardQueries(
            $"{dashboard.Name}: {panel["title"]}", target!["expr"]!.GetValue<string>(), panel["description"]!.GetValue<string>()))),
        .. dashboard.Model["annotations"]!["list"]!.AsArray().Select(annotation => new DashboardQueries(
            $"{dashboard.Name}: annotation {annotation!["name"]}", annotation["expr"]!.GetValue<string>(), "")),
    ];
}
