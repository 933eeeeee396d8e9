using System.Text.Encodings.Web;
using System.Text.Json;
using System.Text.Json.Nodes;
using Deployment.Tests.Tools;

namespace Deployment.Tests.Monitoring.Dashboards;

/// <summary>One dashboard of deploy/grafana/dashboards.yaml, as Grafana's JSON.</summary>
/// <param name="Name">Of its file, without an ending.</param>
/// <param name="Model">What Grafana reads.</param>
internal sealed record Dashboard(string Name, JsonObject Model)
{
    private static readonly JsonSerializerOptions Layout = new() { WriteIndented = true, NewLine = "\n", Encoder = JavaScriptEncoder.UnsafeRelaxedJsonEscaping };

    public static string Folder { get; } = Repository.At("deploy", "grafana");

    /// <summary>All of them, made anew.</summary>
    public static IReadOnlyList<Dashboard> All { get; } = Make(YamlText.File(Path.Combine(Folder, "dashboards.yaml")));

    public string File => Path.Combine(Folder, "dashboards", $"{Name}.json");

    public string Text => Model.ToJsonString(Layout) + "\n";

    /// <summary>Panels that show something; rows are left out.</summary>
    public IEnumerable<JsonNode> Panels => Model["panels"]!.AsArray().OfType<JsonNode>().Where(panel => panel["type"]!.GetValue<string>() != "row");

    private static Dashboard[] Make(JsonObject source) => [.. source["dashboards"]!.AsArray().Select(dashboard => Make(dashboard!, source["common"]!))];

    private static Dashboard Make(JsonNode source, JsonNode common)
    {
        var name = source["name"]!.GetValue<string>();
        return new Dashboard(name, new JsonObject
        {
            ["uid"] = $"projectedgan-{name}",
            ["title"] = source["title"]!.DeepClone(),
            ["description"] = source["description"]!.DeepClone(),
            ["tags"] = new JsonArray("projectedgan"),
            ["editable"] = true,
            ["graphTooltip"] = 1,
            ["refresh"] = "30s",
            ["schemaVersion"] = 39,
            ["time"] = new JsonObject { ["from"] = "now-6h", ["to"] = "now" },
            ["links"] = new JsonArray(new JsonObject
            {
                ["type"] = "dashboards", ["title"] = "Projected GAN", ["tags"] = new JsonArray("projectedgan"), ["asDropdown"] = true, ["includeVars"] = true, ["keepTime"] = true,
            }),
            ["templating"] = new JsonObject { ["list"] = new JsonArray([DashboardVariables.DataSource(), .. Chosen(source, common, "variables").Select(DashboardVariables.Of)]) },
            ["annotations"] = new JsonObject { ["list"] = new JsonArray([.. Chosen(source, common, "annotations").Select(Annotation)]) },
            ["panels"] = DashboardPanels.Of(source["rows"]!.AsArray()),
        });
    }

    // A dashboard names which of the common ones it has.
    private static IEnumerable<JsonNode> Chosen(JsonNode source, JsonNode common, string kind) =>
        source[kind]!.AsArray().Select(name => common[kind]!.AsArray().Single(item => item!["name"]!.GetValue<string>() == name!.GetValue<string>())!);

    private static JsonObject Annotation(JsonNode source) => new()
    {
        ["name"] = source["name"]!.DeepClone(),
        ["datasource"] = DashboardPanels.DataSource(),
        ["enable"] = true,
        ["iconColor"] = source["color"]!.DeepClone(),
        ["expr"] = source["expr"]!.DeepClone(),
        ["step"] = "60s",
        ["titleFormat"] = source["title"]!.DeepClone(),
    };
}
