using System.Text.Json.Nodes;

namespace Deployment.Tests.Monitoring.Dashboards;

/// <summary>Panels under titles, set left to right and then down, 24 columns wide.</summary>
internal static class DashboardPanels
{
    private const int Columns = 24;

    public static JsonObject DataSource() => new() { ["type"] = "prometheus", ["uid"] = "${datasource}" };

    public static JsonArray Of(JsonArray rows)
    {
        JsonArray panels = [];
        var top = 0;
        foreach (var row in rows.OfType<JsonNode>())
        {
            panels.Add(new JsonObject
            {
                ["id"] = panels.Count + 1, ["type"] = "row", ["title"] = row["title"]!.DeepClone(), ["collapsed"] = false, ["gridPos"] = Place(0, top, Columns, 1), ["panels"] = new JsonArray(),
            });
            top++;
            int left = 0, height = 0;
            foreach (var source in row["panels"]!.AsArray().OfType<JsonNode>())
            {
                var width = Number(source, "width", Columns / 2);
                if (left + width > Columns)
                {
                    (left, top, height) = (0, top + height, 0);
                }

                var own = Number(source, "height", 8);
                panels.Add(Panel(source, panels.Count + 1, Place(left, top, width, own)));
                (left, height) = (left + width, Math.Max(height, own));
            }

            top += height;
        }

        return panels;
    }

    private static JsonObject Panel(JsonNode source, int id, JsonObject place)
    {
        string type = source["type"]?.GetValue<string>() ?? "timeseries", description = source["description"]!.GetValue<string>();
        JsonObject panel = new()
        {
            ["id"] = id,
            ["type"] = type,
            ["title"] = source["title"]!.DeepClone(),
            ["description"] = description + Emptiness(source),
            ["gridPos"] = place,
            ["datasource"] = DataSource(),
            ["targets"] = new JsonArray([.. (source["queries"]?.AsArray() ?? []).Select((query, index) => Target(query!, index, type))]),
            ["fieldConfig"] = new JsonObject { ["defaults"] = PanelFields.Of(source, type), ["overrides"] = new JsonArray() },
            ["options"] = PanelFields.Options(source, type),
        };
        if (PanelFields.Transformations(source, type) is { } transformations)
        {
            panel["transformations"] = transformations;
        }

        if (source["repeat"] is { } repeat)
        {
            panel["repeat"] = repeat.DeepClone();
            panel["repeatDirection"] = "h";
            panel["maxPerRow"] = 2;
        }

        return panel;
    }

    // Why a panel may show nothing. Tests of a cluster at work go by these words.
    private static string Emptiness(JsonNode source) =>
        source["needs"] is { } needs ? $" Needs {needs}." : source["event"]?.GetValue<bool>() ?? false ? " Empty until it happens for the first time." : "";

    private static JsonObject Target(JsonNode query, int index, string type)
    {
        var now = type is "table" or "stat";
        JsonObject target = new()
        {
            ["refId"] = RefId(index),
            ["datasource"] = DataSource(),
            ["editorMode"] = "code",
            ["expr"] = query["expr"]!.DeepClone(),
            ["legendFormat"] = query["legend"]!.DeepClone(),
            ["instant"] = now,
            ["range"] = !now,
        };
        if (type == "table")
        {
            target["format"] = "table";
        }

        return target;
    }

    public static string RefId(int index) => ((char)('A' + index)).ToString();

    private static JsonObject Place(int left, int top, int width, int height) => new() { ["x"] = left, ["y"] = top, ["w"] = width, ["h"] = height };

    private static int Number(JsonNode source, string key, int otherwise) => (int)(source[key]?.GetValue<long>() ?? otherwise);
}
