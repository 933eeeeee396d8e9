using System.Text.Json;
using System.Text.Json.Nodes;
using Deployment.Tests.Tools;

namespace Deployment.Tests.Chart;

/// <summary>Every object against the models of Kubernetes, cert-manager, KEDA and the Prometheus operator: types, formats, required and unknown fields.</summary>
[Trait("Speed", "Slow")]
public sealed class ModelTests
{
    private static string Models => Repository.At(".cache", "models");

    [Fact]
    public void Objects_OfEveryExample_FitTheirModels()
    {
        JsonObject all = new(Rendering.Names.Select(name => KeyValuePair.Create(name, (JsonNode?)new JsonArray([.. Rendering.Of(name).Objects]))));
        Assert.Empty(Validate(all));
    }

    [Fact]
    public void Objects_WithAMisspeltFieldAndAWrongType_AreFound()
    {
        var service = Rendering.Of(Rendering.Defaults).OfKind("StatefulSet").First();
        service["spec"]!["replicas"] = "three";
        service["spec"]!["template"]!["spec"]!["containers"]![0]!["imagePullPolice"] = "Always";
        var problems = string.Join('\n', Validate(new JsonObject { ["wrong"] = new JsonArray(service) }));
        Assert.Contains("data/spec/replicas must be integer", problems, StringComparison.Ordinal);
        Assert.Contains("imagePullPolice", problems, StringComparison.Ordinal);
    }

    private static string[] Validate(JsonObject objects)
    {
        Assert.True(Directory.Exists(Path.Combine(Models, "node_modules")), $"{Models} holds no models: ./pgan test fetches them with npm.");
        // Modules are found from where a script lies.
        var script = Path.Combine(Models, $"validate-{Guid.NewGuid():N}.mjs");
        File.Copy(Repository.At("tests", "Deployment.Tests", "Models", "validate.mjs"), script);
        try
        {
            return Tool.Node.Run(JsonSerializer.Serialize(objects), [script]).Succeeded().Output.Split('\n', StringSplitOptions.RemoveEmptyEntries);
        }
        finally
        {
            File.Delete(script);
        }
    }
}
