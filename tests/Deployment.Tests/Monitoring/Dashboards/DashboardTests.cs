using System.Text.Json.Nodes;
using System.Text.RegularExpressions;
using Deployment.Tests.Tools;

namespace Deployment.Tests.Monitoring.Dashboards;

/// <summary>deploy/grafana/dashboards: what the source gives, with names that exist, for people who see them for the first time.</summary>
public sealed partial class DashboardTests
{
    public static TheoryData<string> Names => [.. Dashboard.All.Select(dashboard => dashboard.Name)];

    [Theory]
    [MemberData(nameof(Names))]
    public void Json_IsWhatTheSourceGives(string name)
    {
        var dashboard = Of(name);
        if (Environment.GetEnvironmentVariable("PGAN_UPDATE_GOLDEN") == "1")
        {
            Directory.CreateDirectory(Path.GetDirectoryName(dashboard.File)!);
            File.WriteAllText(dashboard.File, dashboard.Text);
        }

        Assert.True(File.Exists(dashboard.File), $"{dashboard.File} is missing: PGAN_UPDATE_GOLDEN=1 writes it.");
        Assert.Equal(dashboard.Text, File.ReadAllText(dashboard.File));
    }

    [Fact]
    public void Folder_HoldsNoOthers() => Assert.Equal(
        Dashboard.All.Select(dashboard => dashboard.File).Order(StringComparer.Ordinal),
        Directory.EnumerateFiles(Dashboard.Folder, "*.json", SearchOption.AllDirectories).Order(StringComparer.Ordinal));

    [Theory]
    [MemberData(nameof(Names))]
    public void Expressions_UseNamesThatExist(string name)
    {
        HashSet<string> known = ["ALERTS"];
        Assert.All(DashboardQueries.Of(Of(name)), query => KnownNames.AssertKnown(query.Expression, query.Where, known));
        Assert.All(Legends().Matches(Of(name).Text), legend => KnownNames.AssertKnownLabel(legend.Groups[1].Value, name));
    }

    [Theory]
    [MemberData(nameof(Names))]
    public void Panels_AreDescribedAndHaveAUnit(string name)
    {
        JsonNode[] panels = [.. Of(name).Panels];
        Assert.NotEmpty(panels);
        Assert.All(panels, panel =>
        {
            Assert.EndsWith(".", panel["description"]!.GetValue<string>(), StringComparison.Ordinal);
            Assert.NotEqual("", panel["fieldConfig"]!["defaults"]!["unit"]!.GetValue<string>());
        });
        string[] titles = [.. panels.Select(panel => panel["title"]!.GetValue<string>())];
        Assert.Equal(titles.Distinct(), titles);
    }

    [Theory]
    [MemberData(nameof(Names))]
    public void Panels_DoNotOverlap(string name)
    {
        HashSet<(int, int)> taken = [];
        foreach (var panel in Of(name).Model["panels"]!.AsArray().OfType<JsonNode>())
        {
            var place = panel["gridPos"]!;
            int x = place["x"]!.GetValue<int>(), y = place["y"]!.GetValue<int>(), width = place["w"]!.GetValue<int>(), height = place["h"]!.GetValue<int>();
            Assert.InRange(x + width, 1, 24);
            Assert.All(Enumerable.Range(0, width * height), cell => Assert.True(taken.Add((x + (cell % width), y + (cell / width))), $"'{panel["title"]}' lies on another panel."));
        }
    }

    [Theory]
    [MemberData(nameof(Names))]
    public void Variables_ThatAreUsed_AreDeclared(string name)
    {
        string[] declared = [.. Of(name).Model["templating"]!["list"]!.AsArray().Select(variable => variable!["name"]!.GetValue<string>())];
        var used = Uses().Matches(Of(name).Text).Select(use => use.Groups[1].Value).Distinct();
        Assert.Empty(used.Except(declared).Except(["__rate_interval", "__all", "__to"]));
        Assert.Equal("datasource", declared[0]);
    }

    [Fact]
    public void Samples_AreWhereTheCoordinatorServesThem()
    {
        var panel = Assert.Single(Of("experiments").Panels, panel => panel["type"]!.GetValue<string>() == "text");
        var address = Image().Match(panel["options"]!["content"]!.GetValue<string>()).Groups[1].Value;
        Assert.Equal("experiment", panel["repeat"]!.GetValue<string>());
        // Tests of the web page ask it of a running coordinator.
        Assert.StartsWith("${coordinator:raw}/api/v1/experiments/${experiment:raw}/samples/newest.png", address, StringComparison.Ordinal);
        var endpoints = File.ReadAllText(Repository.At("src", "ProjectedGan.Web", "WebEndpoints.cs"));
        Assert.Contains("/samples/{{images}}.png", endpoints, StringComparison.Ordinal);
    }

    [Fact]
    public void Provisioning_FindsTheFolder()
    {
        var provider = YamlText.File(Path.Combine(Dashboard.Folder, "provisioning", "dashboards", "projectedgan.yaml"));
        var path = Assert.Single(provider["providers"]!.AsArray())!["options"]!["path"]!.GetValue<string>();
        var grafana = YamlText.File(Repository.At("deploy", "docker", "docker-compose.yaml"))["services"]!["grafana"]!.AsObject();
        Assert.Contains($"../grafana:{path}:ro", grafana["volumes"]!.AsArray().Select(volume => volume!.GetValue<string>()));
    }

    private static Dashboard Of(string name) => Dashboard.All.Single(dashboard => dashboard.Name == name);

    [GeneratedRegex(@"\{\{ *([a-z_]+) *\}\}")]
    private static partial Regex Legends();

    [GeneratedRegex(@"!\[[^\]]*\]\(([^)]+)\)")]
    private static partial Regex Image();

    [GeneratedRegex(@"\$\{?([a-z_]+)")]
    private static partial Regex Uses();
}
