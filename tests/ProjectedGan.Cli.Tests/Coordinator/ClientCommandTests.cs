using System.Text.Json;
using ProjectedGan.Cli.Tests.Processes;
using ProjectedGan.Cli.Tests.Security;

namespace ProjectedGan.Cli.Tests.Coordinator;

/// <summary>The commands, as a user types them, against a real coordinator.</summary>
[Trait("Speed", "Slow")]
public class ClientCommandTests
{
    [Fact]
    public async Task Commands_LifeOfAnExperiment()
    {
        using TemporaryFolder home = new();
        await using var coordinator = await CoordinatorProcess.StartAsync(home);
        string[] to = ["--coordinator", coordinator.Address.OriginalString];
        await File.WriteAllTextAsync(home.At("spec.yaml"), TinyExperiment.Spec(TinyExperiment.WriteDataset(home)));

        var submitted = (await RunAsync(home, ["submit", "spec.yaml", "--name", "mine", "--set", "seed=5", .. to])).Succeeded();
        var id = submitted.Output.Trim();
        const string Warning = "batch 4 over replicas 2 leaves 2 images a replica";
        Assert.Contains($"pgan: warning: {Warning}", submitted.Errors, StringComparison.Ordinal);
        Assert.Contains(Warning, (await RunAsync(home, ["show", id, .. to])).Succeeded().Output, StringComparison.Ordinal);
        Assert.Contains("mine", (await RunAsync(home, ["list", .. to])).Succeeded().Output, StringComparison.Ordinal);
        var again = await RunAsync(home, ["submit", "spec.yaml", "--set", "data.resolution=128", .. to]);
        again.Refused(2, "data.resolution", "64");
        Assert.Contains("are there already", again.Errors, StringComparison.Ordinal);
        using var shown = JsonDocument.Parse((await RunAsync(home, ["show", id[..6], "--json", .. to])).Succeeded().Output);
        Assert.Equal(id, shown.RootElement.GetProperty("id").GetString());
        Assert.Contains("seed: 5", shown.RootElement.GetProperty("specYaml").GetString(), StringComparison.Ordinal);
        Assert.Contains("there is no worker", (await RunAsync(home, ["workers", .. to])).Succeeded().Output, StringComparison.Ordinal);
        (await RunAsync(home, ["download", id, "out", .. to])).Refused(1, "checkpoint");
        Assert.Contains("cancelled", (await RunAsync(home, ["cancel", id, .. to])).Succeeded().Output, StringComparison.Ordinal);
        var watched = await RunAsync(home, ["watch", id, .. to]);
        Assert.Equal(1, watched.ExitCode);
        Assert.Contains("Cancelled", watched.Output, StringComparison.Ordinal);
        (await RunAsync(home, ["resume", id, .. to])).Refused(1, "ended");
        (await RunAsync(home, ["show", "nosuchid", .. to])).Refused(1, "nosuchid");
    }

    [Fact]
    public async Task Watch_CtrlC_LeavesTheExperimentAlone()
    {
        using TemporaryFolder home = new();
        await using var coordinator = await CoordinatorProcess.StartAsync(home);
        string[] to = ["--coordinator", coordinator.Address.OriginalString];
        await File.WriteAllTextAsync(home.At("spec.yaml"), TinyExperiment.Spec(TinyExperiment.WriteDataset(home)));
        using var watching = PganProcess.Start(home.Path, ["submit", "spec.yaml", "--watch", .. to]);
        await Hosting.Eventually.HoldsAsync("the first event is shown", () => watching.Output.Contains("Queued", StringComparison.Ordinal));

        watching.Interrupt();
        var result = await watching.WaitAsync();

        Assert.Equal(130, result.ExitCode);
        Assert.Contains("queued", (await RunAsync(home, ["list", .. to])).Succeeded().Output, StringComparison.Ordinal);
    }

    [Fact]
    public async Task Coordinator_NotThere_IsOneClearLine()
    {
        using TemporaryFolder home = new();
        var result = await RunAsync(home, ["list", "--coordinator", "http://127.0.0.1:1"]);
        result.Refused(1, "127.0.0.1:1", "cannot be reached");
        Assert.Single(result.Errors.Split('\n'));
        (await RunAsync(home, ["list", "--coordinator", "nonsense"])).Refused(2, "--coordinator");
    }

    [Fact]
    public async Task MutualTls_CertificatesOfPganCerts_Work()
    {
        using TemporaryFolder home = new();
        (await RunAsync(home, ["certs", "certs", "--client", "ada"])).Succeeded();
        string[] server = ["--tls-cert", home.At("certs", "node.crt"), "--tls-key", home.At("certs", "node.key"), "--tls-ca", home.At("certs", "ca.crt"), "--tls-require-client"];
        await using var coordinator = await CoordinatorProcess.StartAsync(home, server);
        string[] to = ["--coordinator", coordinator.Address.OriginalString, "--tls-ca", home.At("certs", "ca.crt")];
        string[] client = ["--tls-cert", home.At("certs", "client.crt"), "--tls-key", home.At("certs", "client.key")];
        await File.WriteAllTextAsync(home.At("spec.yaml"), TinyExperiment.Spec(TinyExperiment.WriteDataset(home)));

        (await RunAsync(home, ["submit", "spec.yaml", .. to, .. client])).Succeeded();

        Assert.Contains("ada", (await RunAsync(home, ["list", .. to, .. client])).Succeeded().Output, StringComparison.Ordinal);
        (await RunAsync(home, ["list", .. to])).Refused(1, "certificate");
        var strangers = TransportTests.MakeCertificates(home.At("strangers"));
        (await RunAsync(home, ["list", "--coordinator", coordinator.Address.OriginalString, "--tls-ca", strangers.Authority!, .. client])).Refused(1, "does not trust");
    }

    private static Task<PganResult> RunAsync(TemporaryFolder home, string[] arguments) => PganProcess.RunAsync(home.Path, arguments);
}
