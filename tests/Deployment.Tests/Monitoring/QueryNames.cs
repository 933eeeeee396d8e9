using System.Text.RegularExpressions;

namespace Deployment.Tests.Monitoring;

/// <summary>The names in a PromQL expression. Prometheus itself parses it; this only tells metrics from labels.</summary>
/// <param name="Metrics">Metrics, with the suffixes of histograms' series.</param>
/// <param name="Labels">Labels of selectors and of by, without, on, ignoring and group_left.</param>
internal sealed partial record QueryNames(IReadOnlySet<string> Metrics, IReadOnlySet<string> Labels)
{
    private static readonly string[] Operators = ["and", "or", "unless", "offset", "bool", "inf", "nan"];

    public static QueryNames Of(string expression)
    {
        HashSet<string> labels = [];
        var rest = Texts().Replace(expression, "\"\"");
        rest = Selectors().Replace(rest, found =>
        {
            labels.UnionWith(Matchers().Matches(found.Value).Select(matcher => matcher.Groups[1].Value));
            return " ";
        });
        rest = Groupings().Replace(rest, found =>
        {
            labels.UnionWith(found.Groups[1].Value.Split([',', ' ', '\n'], StringSplitOptions.RemoveEmptyEntries));
            return " ";
        });
        HashSet<string> metrics = [.. Names().Matches(Ranges().Replace(rest, " ")).Select(name => name.Value)];
        metrics.ExceptWith(Operators);
        return new QueryNames(metrics, labels);
    }

    [GeneratedRegex("\"[^\"]*\"")]
    private static partial Regex Texts();

    [GeneratedRegex(@"\{[^}]*\}")]
    private static partial Regex Selectors();

    [GeneratedRegex("([a-zA-Z_][a-zA-Z0-9_]*) *(?:=|!)")]
    private static partial Regex Matchers();

    [GeneratedRegex(@"\b(?:by|without|on|ignoring|group_left|group_right) *\(([^)]*)\)")]
    private static partial Regex Groupings();

    // [5m], [$__rate_interval], offset 10m, and plain numbers.
    [GeneratedRegex(@"\[[^\]]*\]|\b[0-9][0-9a-z.]*\b")]
    private static partial Regex Ranges();

    // Not those of functions and aggregations, which a parenthesis follows.
    [GeneratedRegex(@"(?<![a-zA-Z0-9_:])[a-zA-Z_:][a-zA-Z0-9_:]*(?![a-zA-Z0-9_:]| *\()")]
    private static partial Regex Names();
}
