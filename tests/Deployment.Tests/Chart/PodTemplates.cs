using System.Text.Json.Nodes;

namespace Deployment.Tests.Chart;

/// <summary>The pods that a rendering's objects make.</summary>
internal static class PodTemplates
{
    /// <summary>Pod templates of workloads, and pods themselves; each has metadata and spec.</summary>
    public static IEnumerable<(string Owner, JsonObject Pod)> Of(Rendering rendering) =>
        from item in rendering.OfKind("StatefulSet", "Deployment", "Pod")
        let owner = $"{rendering.Name}: {item["kind"]} {item["metadata"]!["name"]}"
        select (owner, item["kind"]!.GetValue<string>() == "Pod" ? item : item["spec"]!["template"]!.AsObject());

    public static IEnumerable<JsonObject> Containers(JsonObject pod) => pod["spec"]!["containers"]!.AsArray().Select(container => container!.AsObject());

    public static string[] Arguments(JsonObject container) => [.. container["args"]!.AsArray().Select(argument => argument!.GetValue<string>())];
}
