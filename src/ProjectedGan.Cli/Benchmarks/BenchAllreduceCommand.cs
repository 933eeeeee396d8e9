using System.CommandLine;
using System.Net;
using System.Net.Sockets;
using System.Runtime.InteropServices;
using System.Text.Json;
using ProjectedGan.Cli.Shell;
using ProjectedGan.Foundation;

namespace ProjectedGan.Cli.Benchmarks;

/// <summary><c>pgan bench allreduce</c>: the product's all-reduce, PyTorch's gloo and a plain TCP copy, in turn on this machine.</summary>
internal static class BenchAllreduceCommand
{
    private const string Gloo = "gloo";

    // As workers do on one machine; then as they do between machines.
    private static readonly string[] Kinds = ["float32", "bfloat16", "float32" + AllreduceRankCommand.NetworkSuffix, "bfloat16" + AllreduceRankCommand.NetworkSuffix, Gloo, "tcp"];
    private static readonly JsonSerializerOptions Indented = new(JsonSerializerDefaults.Web) { WriteIndented = true };

    public static Command Build()
    {
        Option<string> processes = new("--processes") { Description = "Numbers of processes.", DefaultValueFactory = _ => "2,4", HelpName = "N,N" };
        Option<string> megabytes = new("--megabytes") { Description = "Sizes of the float32 tensor, in 10^6 bytes.", DefaultValueFactory = _ => "4,40,400", HelpName = "N,N" };
        Option<int> rounds = new("--rounds") { Description = "Counted rounds of each; the median counts.", DefaultValueFactory = _ => 15 };
        Option<int> warmUp = new("--warm-up") { Description = "Gigabytes of tensors that everybody sums before it counts: code is compiled and connections find their pace meanwhile.", DefaultValueFactory = _ => 4 };
        Option<int> repeat = new("--repeat") { Description = "How often the whole is run; each line shows the best of its medians.", DefaultValueFactory = _ => 1 };
        Option<int> connections = new("--connections") { Description = "Connections between two processes.", DefaultValueFactory = _ => 1 };
        Option<int> chunk = new("--chunk-kib") { Description = "Size of a chunk, a power of two.", DefaultValueFactory = _ => 256 };
        Option<string> peer = new("--peer") { Description = "PyTorch script that runs gloo; '' leaves it out.", DefaultValueFactory = _ => "tests/peers/gloo_allreduce.py", HelpName = "SCRIPT.py" };
        Option<string> python = new("--python") { Description = "Its interpreter.", DefaultValueFactory = _ => Environment.GetEnvironmentVariable("PGAN_PYTHON") ?? "/usr/bin/python3" };
        Option<string?> json = new("--json") { Description = "Also write the results to this file.", HelpName = "FILE" };
        ExampleCommand command = new(
            "allreduce",
            "Measures the all-reduce between processes of this machine, beside PyTorch's gloo and a plain TCP copy.",
            "bench allreduce",
            "bench allreduce --processes 2 --megabytes 40 --rounds 30 --json allreduce.json")
        {
            processes, megabytes, rounds, warmUp, repeat, connections, chunk, peer, python, json,
        };
        command.Runs(async (parsed, cancellation) =>
        {
            Plan plan = new(parsed.GetValue(rounds), parsed.GetValue(warmUp), parsed.GetValue(connections), parsed.GetValue(chunk), parsed.GetValue(peer)!, parsed.GetValue(python)!);
            if (plan.Script.Length > 0 && !File.Exists(plan.Script))
            {
                throw new UsageException($"--peer: '{plan.Script}' does not exist; name the script, or '' to leave gloo out.");
            }

            List<AllreduceResult> results = [];
            Console.WriteLine($"{"",-12} {"processes",9} {"MB",6} {"ms",9} {"GB/s",7} {"CPU s/GB",9} {"/ gloo",7} {"/ tcp",6}");
            foreach (var count in Numbers(parsed.GetValue(processes)!, "--processes", 2, 64))
            {
                foreach (var size in Numbers(parsed.GetValue(megabytes)!, "--megabytes", 1, 4000))
                {
                    results.AddRange(await MeasureAsync(plan, count, size * 1_000_000L, parsed.GetValue(repeat), cancellation));
                }
            }

            if (parsed.GetValue(json) is { } file)
            {
                await File.WriteAllTextAsync(file, JsonSerializer.Serialize(new { machine = Machine(), results }, Indented), cancellation);
            }

            return ExitCode.Success;
        });
        return command;
    }

    private static async Task<List<AllreduceResult>> MeasureAsync(Plan plan, int processes, long bytes, int repeat, CancellationToken cancellation)
    {
        Dictionary<string, AllreduceResult> best = [];
        for (var round = 0; round < repeat; round++)
        {
            foreach (var kind in Kinds.Where(kind => kind != Gloo || plan.Script.Length > 0))
            {
                var result = await RunAsync(plan, kind, processes, bytes, cancellation);
                best[kind] = best.TryGetValue(kind, out var other) && other.Milliseconds <= result.Milliseconds ? other : result;
            }
        }

        List<AllreduceResult> results = [.. Kinds.Where(best.ContainsKey).Select(kind => best[kind])];
        foreach (var result in results)
        {
            var beside = best.TryGetValue(Gloo, out var gloo) ? $"{result.GigabytesPerSecond / gloo.GigabytesPerSecond,7:F2}" : $"{"",7}";
            Console.WriteLine(
                $"{result.Kind,-12} {processes,9} {bytes / 1e6,6:F0} {result.Milliseconds,9:F2} {result.GigabytesPerSecond,7:F2} {result.CpuSecondsPerGigabyte,9:F2} {beside} "
                + $"{result.GigabytesPerSecond / best["tcp"].GigabytesPerSecond,6:F2}");
        }

        return results;
    }

    private static Task<AllreduceResult> RunAsync(Plan plan, string kind, int processes, long bytes, CancellationToken cancellation)
    {
        if (kind == Gloo)
        {
            var port = FreePort();
            return AllreduceProcesses.RunAsync(kind, plan.Python, rank => [plan.Script, $"{rank}", $"{processes}", $"{bytes}", $"{plan.Rounds}", $"{plan.WarmUp}", $"{port}"], processes, bytes, cancellation);
        }

        return AllreduceProcesses.RunAsync(
            kind,
            Path.Combine(AppContext.BaseDirectory, "pgan"),
            rank =>
            [
                "bench", "allreduce-rank", "--kind", kind, "--rank", $"{rank}", "--bytes", $"{bytes}", "--rounds", $"{plan.Rounds}", "--connections", $"{plan.Connections}",
                "--chunk-kib", $"{plan.ChunkKib}", "--warm-up", $"{plan.WarmUp}",
            ],
            processes,
            bytes,
            cancellation);
    }

    // Gloo's store needs to be told a port; another program may take it first, and the run then fails.
    private static int FreePort()
    {
        using TcpListener listener = new(IPAddress.Loopback, 0);
        listener.Start();
        return ((IPEndPoint)listener.LocalEndpoint).Port;
    }

    private static IEnumerable<int> Numbers(string text, string option, int least, int most) => [.. text.Split(',').Select(part => int.TryParse(part, out var number) && number >= least && number <= most
        ? number
        : throw new UsageException($"{option}: '{part}' is no number from {least} to {most}."))];

    private static object Machine() => new
    {
        processors = Environment.ProcessorCount,
        architecture = RuntimeInformation.ProcessArchitecture.ToString(),
        system = RuntimeInformation.OSDescription,
        runtime = RuntimeInformation.FrameworkDescription,
    };

    private sealed record Plan(int Rounds, int WarmUp, int Connections, int ChunkKib, string Script, string Python);
}
