using System.Net;
using System.Text;
using System.Text.Json.Nodes;
using Deployment.Tests.Processes;
using Deployment.Tests.Tools;

namespace Deployment.Tests.Chart;

/// <summary>The chart's commands without a container engine: what the pods would run, as processes of this machine.</summary>
[Trait("Speed", "Slow")]
public sealed class RunTests
{
    // Addresses of 127.0.0.0/8 are this machine's; the second and third byte keep runs beside each other apart.
    private static readonly string Network = $"127.{77 + (Environment.ProcessId % 100)}.{Environment.ProcessId / 100 % 256}";

    [Theory]
    [InlineData("trial-cpu")]
    [InlineData("trial-cpu", "tls-secret")]
    public async Task Release_TrainsTheTestExperiment_AndDrains(params string[] examples)
    {
        var folder = Directory.CreateTempSubdirectory("pgan-release-").FullName;
        List<RunningPod> running = [];
        try
        {
            var rendering = Rendering.Of(examples);
            var secrets = Path.Combine(folder, "secrets");
            WriteTokens(Directory.CreateDirectory(Path.Combine(secrets, "tokens")).FullName);
            WriteCertificates(Directory.CreateDirectory(Path.Combine(secrets, "tls")).FullName);
            Pod Place(string name, int host) => new(name, $"{Network}.{host}", Path.Combine(folder, name), $"{Network}.1", secrets);

            running.Add(await RunningPod.StartAsync(Place("coordinator-0", 1), Container(rendering, "coordinator"), "metrics on"));
            running.Add(await RunningPod.StartAsync(Place("worker-0", 2), Container(rendering, "worker"), "metrics on"));
            running.Add(await RunningPod.StartAsync(Place("worker-1", 3), Container(rendering, "worker"), "metrics on"));
            running.Add(await RunningPod.StartAsync(Place("evaluator-0", 4), Container(rendering, "evaluator"), "metrics on"));
            await AssertProbesAnswerAsync();

            StringBuilder printed = new();
            var submit = Container(rendering, "submit").DeepClone().AsObject();
            var files = LocalTest(rendering, Directory.CreateDirectory(Path.Combine(folder, "test")).FullName);
            submit["args"]![1] = Path.Combine(files, "spec.yaml");
            var code = await RunningPod.RunAsync(Place("test", 5), submit, printed);
            Assert.True(code == 0, $"The test's pod ended with {code}:\n{printed}\n{string.Join("\n----\n", running.Select(pod => pod.Printed))}");

            Assert.Equal(0, await running[1].TerminateAsync());
            Assert.Equal(0, await running[0].TerminateAsync());
        }
        finally
        {
            foreach (var pod in running)
            {
                await pod.DisposeAsync();
            }

            Directory.Delete(folder, recursive: true);
        }
    }

    // What the kubelet asks over HTTP where TLS is on, and Prometheus always.
    private static async Task AssertProbesAnswerAsync()
    {
        using HttpClient client = new();
        foreach (var address in (string[])["1:9464/healthz", "1:9464/readyz", "1:9464/metrics", "2:9464/metrics", "4:9464/metrics"])
        {
            using var response = await client.GetAsync(new Uri($"http://{Network}.{address}"));
            Assert.Equal(HttpStatusCode.OK, response.StatusCode);
        }
    }

    private static JsonObject Container(Rendering rendering, string role) =>
        PodTemplates.Of(rendering).SelectMany(entry => PodTemplates.Containers(entry.Pod)).Single(container => PodTemplates.Arguments(container)[0] == role);

    // As the chart's own secret has them.
    private static void WriteTokens(string folder)
    {
        foreach ((var name, var content) in Assert.Single(Rendering.Of(Rendering.Defaults).OfKind("Secret"))["stringData"]!.AsObject())
        {
            File.WriteAllText(Path.Combine(folder, name), content!.GetValue<string>());
        }
    }

    private static void WriteCertificates(string folder)
    {
        Tool.Pgan.Run(["certs", folder, "--hosts", .. Enumerable.Range(1, 5).Select(host => $"{Network}.{host}")]).Succeeded();
        File.Move(Path.Combine(folder, "node.crt"), Path.Combine(folder, "tls.crt"));
        File.Move(Path.Combine(folder, "node.key"), Path.Combine(folder, "tls.key"));
    }

    // As the kubelet mounts a ConfigMap: each file is a link into ..data, which is a link to the folder of this version.
    private static string LocalTest(Rendering rendering, string folder)
    {
        var mounted = Assert.Single(rendering.OfKind("ConfigMap"), map => map["metadata"]!["name"]!.GetValue<string>().EndsWith("-test-files", StringComparison.Ordinal));
        var version = Directory.CreateDirectory(Path.Combine(folder, "..2026_01_01_00_00_00.1")).FullName;
        File.WriteAllBytes(Path.Combine(version, "images.zip"), Convert.FromBase64String(mounted["binaryData"]!["images.zip"]!.GetValue<string>()));
        File.WriteAllText(Path.Combine(version, "spec.yaml"), mounted["data"]!["spec.yaml"]!.GetValue<string>().Replace("/test/", folder + "/", StringComparison.Ordinal));
        File.CreateSymbolicLink(Path.Combine(folder, "..data"), Path.GetFileName(version));
        foreach (var file in (string[])["images.zip", "spec.yaml"])
        {
            File.CreateSymbolicLink(Path.Combine(folder, file), Path.Combine("..data", file));
        }

        return folder;
    }
}
