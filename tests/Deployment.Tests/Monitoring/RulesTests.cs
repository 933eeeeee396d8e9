using System.Text.Json.Nodes;
using System.Text.RegularExpressions;
using Deployment.Tests.Tools;

namespace Deployment.Tests.Monitoring;

/// <summary>deploy/prometheus/: rules that promtool takes, each alert with a test and a runbook entry.</summary>
public sealed partial class RulesTests
{
    private const string Runbooks = "docs/runbooks.md";

    private static readonly Tool Promtool = new("promtool");

    private static string Folder => Repository.At("deploy", "prometheus");

    private static string RuleFile => Path.Combine(Folder, "projectedgan.rules.yaml");

    private static string[] TestFiles => [.. Directory.EnumerateFiles(Path.Combine(Folder, "tests"), "*.test.yaml").Order(StringComparer.Ordinal)];

    [Fact]
    public void Rules_AreTakenByPromtool() => Promtool.Run("check", "rules", RuleFile).Succeeded();

    [Fact]
    public void Tests_OfTheRules_PassInPromtool() => Promtool.Run(["test", "rules", .. TestFiles]).Succeeded();

    [Fact]
    public void Alerts_AreTestedFiringAndSilent()
    {
        JsonNode[] cases = [.. TestFiles.SelectMany(file => Items(YamlText.File(file), "tests")).SelectMany(test => Items(test, "alert_rule_test"))];
        Assert.All(Alerts(), alert =>
        {
            var name = Text(alert, "alert");
            JsonNode[] own = [.. cases.Where(item => Text(item, "alertname") == name)];
            Assert.True(own.Any(item => Items(item, "exp_alerts").Any()), $"No test in deploy/prometheus/tests expects {name}.");
            Assert.True(own.Any(item => !Items(item, "exp_alerts").Any()), $"No test in deploy/prometheus/tests expects that {name} is silent.");
        });
    }

    [Fact]
    public void Recordings_AreUsedOrTested()
    {
        string tests = string.Concat(TestFiles.Select(File.ReadAllText)), expressions = string.Concat(Rules().Select(rule => Text(rule, "expr")));
        Assert.All(Recorded(), name => Assert.True(tests.Contains($"expr: {name}", StringComparison.Ordinal) || expressions.Contains(name, StringComparison.Ordinal), $"Nothing uses or tests {name}."));
    }

    [Fact]
    public void Alerts_HaveSeverityWordsAndARunbookEntry()
    {
        string[] anchors = [.. Headings().Matches(File.ReadAllText(Repository.At(Runbooks))).Select(heading => heading.Groups[1].Value)];
        Assert.NotEmpty(Alerts());
        Assert.All(Alerts(), alert =>
        {
            var name = Text(alert, "alert");
            Assert.Contains(Text(alert["labels"]!, "severity"), (string[])["critical", "warning", "info"]);
            Assert.All((string[])["summary", "description"], part => Assert.NotEqual("", Text(alert["annotations"]!, part)));
            Assert.True(anchors.Contains(name), $"{Runbooks} has no entry for {name}.");
            Assert.Equal($"{Runbooks}#{name.ToLowerInvariant()}", Text(alert["annotations"]!, "runbook_url"));
        });
        Assert.All(anchors, name => Assert.True(Alerts().Any(alert => Text(alert, "alert") == name), $"{Runbooks} explains {name}, which is no alert."));
    }

    [Fact]
    public void Expressions_UseNamesThatExist()
    {
        HashSet<string> recorded = [.. Recorded()];
        Assert.All(Rules(), rule => KnownNames.AssertKnown(Text(rule, "expr"), rule["alert"]?.GetValue<string>() ?? Text(rule, "record"), recorded));
    }

    internal static IEnumerable<JsonNode> Rules() => Items(YamlText.File(RuleFile), "groups").SelectMany(group => Items(group, "rules"));

    internal static IEnumerable<string> Recorded() => Rules().Select(rule => rule["record"]?.GetValue<string>()).OfType<string>();

    private static IEnumerable<JsonNode> Alerts() => Rules().Where(rule => rule["alert"] is not null);

    private static IEnumerable<JsonNode> Items(JsonNode node, string key) => node[key]?.AsArray().OfType<JsonNode>() ?? [];

    private static string Text(JsonNode node, string key) => node[key]?.GetValue<string>() ?? "";

    [GeneratedRegex("^### (ProjectedGan[A-Za-z]+)$", RegexOptions.Multiline)]
    private static partial Regex Headings();
}
