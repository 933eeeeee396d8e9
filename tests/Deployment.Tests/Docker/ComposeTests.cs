using System.Text.Json.Nodes;
using Deployment.Tests.Tools;

namespace Deployment.Tests.Docker;

public sealed class ComposeTests
{
    private static string Folder => Repository.At("deploy", "docker");

    public static TheoryData<string> Files => ["docker-compose.yaml", "docker-compose.cuda.yaml"];

    [Theory]
    [MemberData(nameof(Files))]
    public void Commands_OfNodes_AreTakenByPgan(string file)
    {
        KeyValuePair<string, JsonNode?>[] nodes = [.. Services(file).Where(IsNode)];
        Assert.NotEmpty(nodes);
        Assert.All(nodes, node => PganHelp.AssertTakes([.. node.Value!["command"]!.AsArray().Select(word => word!.GetValue<string>())], $"{file}: {node.Key}"));
    }

    [Theory]
    [MemberData(nameof(Files))]
    public void Workers_LeaveBeforeTheyAreKilled(string file)
    {
        KeyValuePair<string, JsonNode?>[] workers = [.. Services(file).Where(service => service.Key.StartsWith("worker", StringComparison.Ordinal))];
        Assert.Equal(2, workers.Length);
        Assert.All(workers, worker => Assert.Contains("--drain=170s", worker.Value!["command"]!.AsArray().Select(word => word!.GetValue<string>())));
        // The file for GPUs lies on top of this one.
        Assert.All(workers, worker => Assert.Equal("180s", Services("docker-compose.yaml")[worker.Key]!["stop_grace_period"]!.GetValue<string>()));
    }

    [Fact]
    public void Services_AreTheWholeCluster() => Assert.Equal(
        ["coordinator", "evaluator", "grafana", "prometheus", "worker-1", "worker-2"],
        Services("docker-compose.yaml").Select(service => service.Key).Order(StringComparer.Ordinal));

    [Fact]
    public void Volumes_AreDeclaredOrInTheRepository()
    {
        var compose = YamlText.File(Path.Combine(Folder, "docker-compose.yaml"));
        string[] mounts = [.. Services("docker-compose.yaml").SelectMany(service => service.Value!["volumes"]?.AsArray() ?? []).Select(volume => volume!.GetValue<string>().Split(':')[0])];
        Assert.NotEmpty(mounts);
        Assert.All(mounts, mount => Assert.True(
            mount.StartsWith('.') ? Path.Exists(Path.Combine(Folder, mount)) : compose["volumes"]!.AsObject().ContainsKey(mount), $"'{mount}' is neither a volume nor a path."));
    }

    [Theory]
    [MemberData(nameof(Files))]
    public void Builds_AreOfTheDockerfile(string file) => Assert.All(
        Services(file).Where(service => service.Value!["build"] is not null),
        service =>
        {
            var build = service.Value!["build"]!;
            Assert.Equal(Path.TrimEndingDirectorySeparator(Repository.Root), Path.GetFullPath(Path.Combine(Folder, build["context"]!.GetValue<string>())));
            Assert.True(File.Exists(Repository.At(build["dockerfile"]!.GetValue<string>())));
            Assert.EndsWith($"-{build["args"]!["DEVICE"]}", service.Value!["image"]!.GetValue<string>(), StringComparison.Ordinal);
        });

    [Fact]
    public void Ports_AreOpenToThisMachineOnly() => Assert.All(
        Services("docker-compose.yaml").SelectMany(service => service.Value!["ports"]?.AsArray() ?? []), port => Assert.StartsWith("127.0.0.1:", port!.GetValue<string>(), StringComparison.Ordinal));

    [Fact]
    public void Addresses_InCommandsAndScrapes_AreServices()
    {
        string[] services = [.. Services("docker-compose.yaml").Select(service => service.Key)];
        var prometheus = YamlText.File(Path.Combine(Folder, "prometheus.yaml"));
        string[] scraped = [.. prometheus["scrape_configs"]!.AsArray().SelectMany(job => job!["static_configs"]!.AsArray()).SelectMany(targets => targets!["targets"]!.AsArray()).Select(target => target!.GetValue<string>())];
        Assert.Equal(services.Except(["prometheus", "grafana"]).Select(name => $"{name}:9464").Order(StringComparer.Ordinal), scraped.Order(StringComparer.Ordinal));
        foreach ((var name, var service) in Services("docker-compose.yaml").Where(IsNode))
        {
            string[] command = [.. service!["command"]!.AsArray().Select(word => word!.GetValue<string>())];
            var advertised = command.FirstOrDefault(word => word.StartsWith("--advertise=", StringComparison.Ordinal));
            Assert.True(advertised is null || advertised == $"--advertise=http://{name}:7500", $"{name} advertises {advertised}.");
            Assert.True(command[0] == "coordinator" || command.Contains("--coordinator=http://coordinator:7400"), $"{name} looks for its coordinator elsewhere.");
        }
    }

    [Fact]
    public void Grafana_FindsPrometheusAndTheFolderOfDashboards()
    {
        var source = YamlText.File(Repository.At("deploy", "grafana", "provisioning", "datasources", "prometheus.yaml"));
        Assert.Equal("http://prometheus:9090", source["datasources"]![0]!["url"]!.GetValue<string>());
        var provider = YamlText.File(Repository.At("deploy", "grafana", "provisioning", "dashboards", "projectedgan.yaml"));
        var path = provider["providers"]![0]!["options"]!["path"]!.GetValue<string>();
        Assert.Contains(Services("docker-compose.yaml").Single(service => service.Key == "grafana").Value!["volumes"]!.AsArray(), volume => volume!.GetValue<string>() == $"../grafana:{path}:ro");
    }

    private static JsonObject Services(string file) => YamlText.File(Path.Combine(Folder, file))["services"]!.AsObject();

    private static bool IsNode(KeyValuePair<string, JsonNode?> service) => service.Value!["image"]!.GetValue<string>().StartsWith("projectedgan/", StringComparison.Ordinal);
}
