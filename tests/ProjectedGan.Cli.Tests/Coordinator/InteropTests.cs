using System.Diagnostics;
using ProjectedGan.Cli.Tests.Processes;
using ProjectedGan.Testing;

namespace ProjectedGan.Cli.Tests.Coordinator;

/// <summary>The examples of docs/api.md, run as they stand: clients of other languages submit, watch and cancel.</summary>
[Trait("Speed", "Slow")]
public class InteropTests
{
    private static readonly TimeSpan Patience = TimeSpan.FromMinutes(3);

    [Fact]
    public async Task Python_SubmitsWatchesAndCancels()
    {
        using TemporaryFolder home = new();
        await File.WriteAllTextAsync(home.At("tokens.yaml"), "tokens:\n  - {name: python, role: submit, token: python-0123456789abcdef}\n  - {name: reader, role: read, token: reader-0123456789abcdef}\n");
        await using var coordinator = await CoordinatorProcess.StartAsync(home, "--tokens", home.At("tokens.yaml"));
        string[] arguments = [Path.Combine(Repository.Root, "tests", "interop", "python", "experiment.py"), coordinator.Address.Authority, WriteSpec(home), home.At("tiny.zip"), "--token"];

        (var code, var output) = await RunAsync(home, PythonInterpreter.With("grpc_tools", "python3-grpc-tools"), [.. arguments, "python-0123456789abcdef"]);
        (var refused, var refusal) = await RunAsync(home, PythonInterpreter.With("grpc_tools", "python3-grpc-tools"), [.. arguments, "reader-0123456789abcdef"]);

        Assert.True(code == 0, output);
        Assert.Contains("ended EXPERIMENT_STATE_CANCELLED", output, StringComparison.Ordinal);
        Assert.Contains("cancelled by python: the example is over", output, StringComparison.Ordinal);
        Assert.Equal(1, refused);
        Assert.Contains("refused PERMISSION_DENIED", refusal, StringComparison.Ordinal);
    }

    [Fact]
    public async Task Node_SubmitsWatchesAndCancels_WithHealthAndReflection()
    {
        using TemporaryFolder home = new();
        await using var coordinator = await CoordinatorProcess.StartAsync(home);
        var script = Path.Combine(Repository.Root, "tests", "interop", "grpc-js", "experiment.js");

        (var code, var output) = await RunAsync(home, "node", [script, coordinator.Address.Authority, WriteSpec(home), home.At("tiny.zip")]);

        Assert.True(code == 0, output);
        Assert.Contains("health SERVING", output, StringComparison.Ordinal);
        string[] services = ["grpc.health.v1.Health", "grpc.reflection.v1.ServerReflection", "grpc.reflection.v1alpha.ServerReflection", "pgan.v1.Artifacts", "pgan.v1.Cluster", "pgan.v1.Experiments"];
        foreach (var version in (string[])["v1", "v1alpha"])
        {
            var listed = Assert.Single(output.Split('\n'), line => line.StartsWith($"services {version} ", StringComparison.Ordinal));
            Assert.Equal(services, listed.Split(' ')[2..].Order(StringComparer.Ordinal));
        }

        Assert.Contains("ended EXPERIMENT_STATE_CANCELLED", output, StringComparison.Ordinal);
    }

    private static string WriteSpec(TemporaryFolder home)
    {
        TinyExperiment.WriteDataset(home);
        File.WriteAllText(home.At("spec.yaml"), TinyExperiment.Spec("tiny.zip"));
        return home.At("spec.yaml");
    }

    private static async Task<(int Code, string Output)> RunAsync(TemporaryFolder home, string program, string[] arguments)
    {
        ProcessStartInfo start = new(program, arguments) { RedirectStandardOutput = true, RedirectStandardError = true, WorkingDirectory = home.Path };
        start.Environment["PYTHONDONTWRITEBYTECODE"] = "1";
        start.Environment["NODE_PATH"] = Path.Combine(Repository.Root, ".cache", "grpc-js", "node_modules");
        using var process = Process.Start(start)!;
        using CancellationTokenSource patience = new(Patience);
        Task<string> output = process.StandardOutput.ReadToEndAsync(patience.Token), errors = process.StandardError.ReadToEndAsync(patience.Token);
        await process.WaitForExitAsync(patience.Token);
        return (process.ExitCode, await output + await errors);
    }
}
