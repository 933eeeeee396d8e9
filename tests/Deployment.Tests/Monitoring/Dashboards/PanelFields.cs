using System.Text.Json.Nodes;

namespace Deployment.Tests.Monitoring.Dashboards;

/// <summary>How a panel shows its values.</summary>
internal static class PanelFields
{
    public static JsonObject Of(JsonNode source, string type)
    {
        JsonObject defaults = new() { ["unit"] = source["unit"]?.DeepClone() ?? "short" };
        foreach (var limit in (string[])["min", "max"])
        {
            if (source[limit] is { } value)
            {
                defaults[limit] = value.DeepClone();
            }
        }

        if (type is "timeseries" or "trend")
        {
            var stacked = Flag(source, "stack");
            defaults["custom"] = new JsonObject
            {
                ["lineWidth"] = 1,
                ["fillOpacity"] = stacked ? 40 : 5,
                ["showPoints"] = "auto",
                ["stacking"] = new JsonObject { ["mode"] = stacked ? "normal" : "none" },
                ["scaleDistribution"] = Flag(source, "log") ? new JsonObject { ["type"] = "log", ["log"] = 10 } : new JsonObject { ["type"] = "linear" },
            };
        }

        return defaults;
    }

    public static JsonObject Options(JsonNode source, string type) => type switch
    {
        "stat" => new JsonObject
        {
            ["colorMode"] = "none", ["graphMode"] = "none", ["textMode"] = "value_and_name", ["reduceOptions"] = new JsonObject { ["calcs"] = new JsonArray("lastNotNull") },
        },
        "text" => new JsonObject { ["mode"] = "markdown", ["content"] = source["content"]!.DeepClone() },
        "table" => new JsonObject { ["showHeader"] = true, ["cellHeight"] = "sm" },
        "trend" => new JsonObject { ["xField"] = source["x"]!.DeepClone(), ["legend"] = Legend(), ["tooltip"] = Tooltip() },
        _ => new JsonObject { ["legend"] = Legend(), ["tooltip"] = Tooltip() },
    };

    /// <summary>A table has a row for each value of its key, and a column for each query; a trend wants its queries in one frame.</summary>
    public static JsonArray? Transformations(JsonNode source, string type) => type switch
    {
        "table" => new JsonArray(
            new JsonObject { ["id"] = "merge", ["options"] = new JsonObject() },
            new JsonObject { ["id"] = "organize", ["options"] = new JsonObject { ["excludeByName"] = new JsonObject { ["Time"] = true }, ["renameByName"] = Columns(source) } }),
        "trend" => new JsonArray(new JsonObject { ["id"] = "joinByField", ["options"] = new JsonObject { ["byField"] = "Time", ["mode"] = "inner" } }),
        _ => null,
    };

    private static JsonObject Columns(JsonNode source)
    {
        var queries = source["queries"]!.AsArray();
        JsonObject names = new() { [source["key"]!.GetValue<string>()] = source["key"]!.GetValue<string>().Split('_') is [_, var word, ..] ? (JsonNode)word : source["key"]!.DeepClone() };
        foreach ((var query, var index) in queries.Select((query, index) => (query, index)))
        {
            // Grafana numbers the values of several queries, and only those.
            names[queries.Count > 1 ? $"Value #{DashboardPanels.RefId(index)}" : "Value"] = query!["legend"]!.DeepClone();
        }

        return names;
    }

    private static JsonObject Legend() => new() { ["displayMode"] = "list", ["placement"] = "bottom", ["showLegend"] = true };

    private static JsonObject Tooltip() => new() { ["mode"] = "multi", ["sort"] = "desc" };

    private static bool Flag(JsonNode source, string key) => source[key]?.GetValue<bool>() ?? false;
}
