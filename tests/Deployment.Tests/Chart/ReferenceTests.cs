using System.Text.Json.Nodes;
using Deployment.Tests.Tools;

namespace Deployment.Tests.Chart;

/// <summary>Objects that speak of each other mean the same things.</summary>
public sealed class ReferenceTests
{
    public static TheoryData<string> All => Rendering.All;

    [Theory]
    [MemberData(nameof(All))]
    public void Selectors_OfServicesAndWorkloads_FindPodsAndTheirPorts(string name)
    {
        var rendering = Rendering.Of(name);
        (string Owner, JsonObject Pod)[] pods = [.. PodTemplates.Of(rendering)];
        foreach (var service in rendering.OfKind("Service"))
        {
            JsonObject[] found = [.. pods.Where(entry => IsMatch(service["spec"]!["selector"]!, entry.Pod)).Select(entry => entry.Pod)];
            Assert.NotEmpty(found);
            string[] targets = [.. service["spec"]!["ports"]!.AsArray().Select(port => port!["targetPort"]!.GetValue<string>())];
            Assert.All(found, pod => Assert.Empty(targets.Except(Ports(pod))));
        }

        foreach (var workload in rendering.OfKind("StatefulSet", "Deployment"))
        {
            Assert.True(IsMatch(workload["spec"]!["selector"]!["matchLabels"]!, workload["spec"]!["template"]!.AsObject()), $"{workload["metadata"]!["name"]} does not select its own pods.");
        }

        Assert.All(rendering.OfKind("StatefulSet"), set => Assert.Contains(set["spec"]!["serviceName"]!.GetValue<string>(), Named(rendering, "Service")));
        Assert.All(
            rendering.OfKind("PodDisruptionBudget", "NetworkPolicy"),
            item => Assert.Contains(pods, entry => IsMatch((item["spec"]!["selector"] ?? item["spec"]!["podSelector"])!["matchLabels"]!, entry.Pod)));
    }

    [Theory]
    [MemberData(nameof(All))]
    public void Volumes_OfEveryPod_AreThereAndUsed(string name)
    {
        var rendering = Rendering.Of(name);
        foreach ((var owner, var pod) in PodTemplates.Of(rendering))
        {
            string[] volumes = [.. pod["spec"]!["volumes"]!.AsArray().Select(volume => volume!["name"]!.GetValue<string>()), .. Claims(rendering, owner)];
            string[] mounted = [.. PodTemplates.Containers(pod).SelectMany(container => container["volumeMounts"]!.AsArray()).Select(mount => mount!["name"]!.GetValue<string>()).Distinct()];
            Assert.Equal(volumes.Order(), mounted.Order());
        }
    }

    [Theory]
    [MemberData(nameof(All))]
    public void Secrets_ThatPodsName_AreMadeHereOrGivenByName(string name)
    {
        var rendering = Rendering.Of(name);
        var values = name == Rendering.Defaults ? "" : File.ReadAllText(Path.Combine(Rendering.Chart, "examples", $"{name}.yaml"));
        string[] made = [.. Named(rendering, "Secret"), .. rendering.OfKind("Certificate").Select(certificate => certificate["spec"]!["secretName"]!.GetValue<string>())];
        foreach ((var owner, var pod) in PodTemplates.Of(rendering))
        {
            string[] named = [.. Descendants(pod["spec"]!).Where(pair => pair.Key is "secretName").Select(pair => pair.Value!.GetValue<string>()),
                .. Descendants(pod["spec"]!).Where(pair => pair.Key == "secretKeyRef").Select(pair => pair.Value!["name"]!.GetValue<string>())];
            Assert.All(named, secret => Assert.True(made.Contains(secret) || values.Contains(secret, StringComparison.Ordinal), $"{owner} names the secret {secret}, which nothing makes."));
        }
    }

    [Theory]
    [MemberData(nameof(All))]
    public void Containers_AreConfined(string name)
    {
        foreach ((var owner, var pod) in PodTemplates.Of(Rendering.Of(name)))
        {
            Assert.True(pod["spec"]!["securityContext"]!["runAsNonRoot"]!.GetValue<bool>(), owner);
            Assert.All(PodTemplates.Containers(pod), container =>
            {
                var security = container["securityContext"]!;
                Assert.True(security["readOnlyRootFilesystem"]!.GetValue<bool>(), owner);
                Assert.False(security["allowPrivilegeEscalation"]!.GetValue<bool>(), owner);
                Assert.Equal("""{"drop":["ALL"]}""", security["capabilities"]!.ToJsonString());
                Assert.NotNull(container["resources"]!["limits"]!["memory"]);
            });
        }
    }

    [Fact]
    public void Workers_LeaveBeforeTheyAreKilled()
    {
        JsonObject[] pods = [.. YamlText.Documents(Rendering.Template("--set", "workers.terminationGracePeriodSeconds=600").Succeeded().Output)
            .Where(item => item["kind"]!.GetValue<string>() == "StatefulSet" && item["metadata"]!["labels"]!["app.kubernetes.io/component"]!.GetValue<string>() == "worker")
            .Select(item => item["spec"]!["template"]!["spec"]!.AsObject())];
        Assert.NotEmpty(pods);
        Assert.All(pods, pod =>
        {
            Assert.Equal(600, pod["terminationGracePeriodSeconds"]!.GetValue<long>());
            Assert.Contains("--drain=590s", pod["containers"]![0]!["args"]!.AsArray().Select(word => word!.GetValue<string>()));
        });
    }

    [Fact]
    public void GpuPods_TakeOneDeviceEach()
    {
        string[] taken = [.. from entry in PodTemplates.Of(Rendering.Of("gpu-pools"))
                             from container in PodTemplates.Containers(entry.Pod)
                             from limit in container["resources"]!["limits"]!.AsObject()
                             where limit.Key.Contains('/', StringComparison.Ordinal)
                             select $"{limit.Key}={limit.Value}"];
        Assert.Equal(["nvidia.com/gpu=1", "nvidia.com/gpu=1", "nvidia.com/mig-2g.20gb=1"], taken.Order());
    }

    private static IEnumerable<string> Claims(Rendering rendering, string owner) =>
        from set in rendering.OfKind("StatefulSet")
        where owner.EndsWith($" {set["metadata"]!["name"]}", StringComparison.Ordinal)
        from claim in set["spec"]!["volumeClaimTemplates"]?.AsArray() ?? []
        select claim["metadata"]!["name"]!.GetValue<string>();

    private static string[] Named(Rendering rendering, string kind) => [.. rendering.OfKind(kind).Select(item => item["metadata"]!["name"]!.GetValue<string>())];

    private static bool IsMatch(JsonNode selector, JsonObject pod) =>
        selector.AsObject().All(label => pod["metadata"]!["labels"]?[label.Key]?.ToJsonString() == label.Value!.ToJsonString());

    private static IEnumerable<string> Ports(JsonObject pod) =>
        PodTemplates.Containers(pod).SelectMany(container => container["ports"]?.AsArray() ?? []).Select(port => port!["name"]!.GetValue<string>());

    private static IEnumerable<KeyValuePair<string, JsonNode?>> Descendants(JsonNode node) => node switch
    {
        JsonObject item => item.SelectMany(pair => Descendants(pair.Value ?? new JsonObject()).Prepend(pair)),
        JsonArray list => list.SelectMany(entry => Descendants(entry ?? new JsonObject())),
        _ => [],
    };
}
