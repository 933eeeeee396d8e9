using System.Text.Json.Nodes;

namespace Deployment.Tests.Monitoring.Dashboards;

/// <summary>What the viewer of a dashboard chooses.</summary>
internal static class DashboardVariables
{
    public static JsonNode DataSource() => new JsonObject { ["name"] = "datasource", ["label"] = "Data source", ["type"] = "datasource", ["query"] = "prometheus" };

    public static JsonNode Of(JsonNode source) => source["text"] is { } text ? Written(source, text) : Asked(source);

    // What the viewer writes; Grafana keeps it in the dashboard's address.
    private static JsonObject Written(JsonNode source, JsonNode text) => new()
    {
        ["name"] = source["name"]!.DeepClone(),
        ["label"] = source["label"]!.DeepClone(),
        ["type"] = "textbox",
        ["query"] = text.DeepClone(),
        ["current"] = new JsonObject { ["text"] = text.DeepClone(), ["value"] = text.DeepClone() },
    };

    private static JsonObject Asked(JsonNode source)
    {
        var single = source["single"]?.GetValue<bool>() ?? false;
        var query = $"label_values({source["metric"]}, {source["values"]})";
        JsonObject variable = new()
        {
            ["name"] = source["name"]!.DeepClone(),
            ["label"] = source["label"]!.DeepClone(),
            ["type"] = "query",
            ["datasource"] = DashboardPanels.DataSource(),
            ["definition"] = query,
            ["query"] = new JsonObject { ["query"] = query, ["refId"] = source["name"]!.DeepClone() },
            // Asked again when the range of time changes, so that what has ended can be found.
            ["refresh"] = 2,
            ["sort"] = 1,
            ["multi"] = !single,
            ["includeAll"] = !single,
        };
        if (!single)
        {
            variable["allValue"] = ".*";
            variable["current"] = new JsonObject { ["text"] = "All", ["value"] = new JsonArray("$__all") };
        }

        return variable;
    }
}
