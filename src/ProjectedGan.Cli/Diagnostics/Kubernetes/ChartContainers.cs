using YamlDotNet.RepresentationModel;

namespace ProjectedGan.Cli.Diagnostics.Kubernetes;

/// <summary>The kinds of pods that values describe.</summary>
internal static class ChartContainers
{
    private static readonly IReadOnlyDictionary<string, string> Nothing = new Dictionary<string, string>();

    public static IReadOnlyList<ContainerWish> Of(YamlNode values) => [.. Components(values).Select(component => Wish(component.Field, component.Values))];

    /// <summary>What describes each kind of pod, and where.</summary>
    public static IEnumerable<(string Field, YamlNode? Values)> Components(YamlNode values)
    {
        yield return ("coordinator", values.At("coordinator"));
        foreach (YamlNode pool in values.Items("workers", "pools"))
        {
            yield return ($"workers.pools '{pool.Text("name")}'", pool);
        }

        if (values.Is("evaluator", "enabled"))
        {
            yield return ("evaluator", values.At("evaluator"));
        }

        yield return ("test", values.At("test"));
    }

    private static ContainerWish Wish(string field, YamlNode? values)
    {
        if (values.At("resources") is not null)
        {
            return new ContainerWish(field, values.Texts("resources", "requests"), values.Texts("resources", "limits"));
        }

        // As templates/workers/_pool.tpl has them.
        return values.Text("device") switch
        {
            "cuda" => new(field, Quantities("4", "16Gi"), new Dictionary<string, string> { ["memory"] = "32Gi" }),
            "cpu" => new(field, Quantities("4", "8Gi"), Quantities("4", "8Gi")),
            _ => new(field, Nothing, Nothing),
        };
    }

    private static Dictionary<string, string> Quantities(string cpu, string memory) => new() { ["cpu"] = cpu, ["memory"] = memory };
}
