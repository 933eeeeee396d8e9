using System.Collections.Concurrent;
using System.CommandLine;
using System.Diagnostics;
using Microsoft.Extensions.Logging.Abstractions;
using ProjectedGan.Cli.Local;
using ProjectedGan.Cli.Shell;
using ProjectedGan.Cli.Verification;
using ProjectedGan.Hosting.Security;
using ProjectedGan.Protocol.V1;
using ProjectedGan.Specification;

namespace ProjectedGan.Cli.Benchmarks;

/// <summary><c>pgan bench coordinator</c>: one real coordinator process under many simulated workers and a long queue.</summary>
internal static class BenchCoordinatorCommand
{
    private static readonly TimeSpan Poll = TimeSpan.FromMilliseconds(50);

    public static Command Build()
    {
        Option<int> workers = new("--workers") { Description = "Simulated workers; each is a stream with heartbeats.", DefaultValueFactory = _ => 200 };
        Option<int> experiments = new("--experiments") { Description = "Experiments to submit; each takes one worker, the rest queue.", DefaultValueFactory = _ => 1_000 };
        Option<int> seconds = new("--seconds") { Description = "Seconds of steady heartbeats to measure at the end.", DefaultValueFactory = _ => 15 };
        ExampleCommand command = new(
            "coordinator",
            "Measures a coordinator process: latencies of submissions, assignments and heartbeats, processor time and memory.",
            "bench coordinator",
            "bench coordinator --workers 500 --experiments 2000")
        {
            workers, experiments, seconds,
        };
        command.Runs(async (parsed, cancellation) =>
        {
            var folder = Directory.CreateTempSubdirectory("pgan-bench-").FullName;
            try
            {
                await RunAsync(folder, parsed.GetValue(workers), parsed.GetValue(experiments), TimeSpan.FromSeconds(parsed.GetValue(seconds)), cancellation);
                return ExitCode.Success;
            }
            finally
            {
                Directory.Delete(folder, recursive: true);
            }
        });
        return command;
    }

    private static async Task RunAsync(string folder, int workers, int experiments, TimeSpan steady, CancellationToken cancellation)
    {
        await using var cluster = await LocalCluster.StartAsync(new LocalClusterOptions { Folder = folder, Workers = 0 }, cancellation);
        using var coordinator = Process.GetProcessById(cluster.CoordinatorProcessId);
        Report("started", coordinator, null);

        ConcurrentBag<double> heartbeats = [];
        TransportIdentity identity = new(new TransportOptions(), TimeProvider.System, NullLogger.Instance);
        using var stop = CancellationTokenSource.CreateLinkedTokenSource(cancellation);
        using var channel = NodeChannel.Open(cluster.Address, identity);
        SimulatedWorker[] simulated = [.. Enumerable.Range(0, workers).Select(number => new SimulatedWorker(new Cluster.ClusterClient(channel), number, heartbeats))];
        Task[] running = [.. simulated.Select(worker => worker.RunAsync(stop.Token))];
        await cluster.WaitForNodesAsync(workers, cancellation);
        Report($"{workers} workers registered", coordinator, null);

        var spec = VerificationSpec.Create(replicas: 1, iterations: 1_000_000);
        spec = spec with { Data = spec.Data with { Path = VerificationSpec.WriteDataset(folder, cancellation) } };
        List<double> submissions = [];
        for (var number = 0; number < experiments; number++)
        {
            var start = TimeProvider.System.GetTimestamp();
            await cluster.Experiments.SubmitAsync(new SubmitRequest { SpecYaml = TrainingSpecFile.Write(spec), Name = $"queued {number}" }, cancellationToken: cancellation);
            submissions.Add(TimeProvider.System.GetElapsedTime(start).TotalSeconds);
        }

        Report($"{experiments} experiments submitted, each", coordinator, submissions);
        var waited = TimeProvider.System.GetTimestamp();
        var expected = Math.Min(workers, experiments);
        while (simulated.Count(worker => worker.IsAssigned) < expected)
        {
            await Task.Delay(Poll, TimeProvider.System, cancellation);
        }

        Console.WriteLine($"{expected} workers in runs {TimeProvider.System.GetElapsedTime(waited).TotalSeconds:F2} s after the last submission");
        heartbeats.Clear();
        var before = coordinator.TotalProcessorTime;
        await Task.Delay(steady, TimeProvider.System, cancellation);
        coordinator.Refresh();
        Report($"{heartbeats.Count / steady.TotalSeconds:F0} heartbeats/s, each", coordinator, [.. heartbeats]);
        Console.WriteLine($"processor time while steady: {(coordinator.TotalProcessorTime - before) / steady:P0} of one processor");
        await stop.CancelAsync();
        await Task.WhenAll(running).ContinueWith(_ => { }, TaskScheduler.Default);
    }

    private static void Report(string what, Process coordinator, IReadOnlyList<double>? seconds)
    {
        coordinator.Refresh();
        var latency = "";
        if (seconds is { Count: > 0 })
        {
            double[] sorted = [.. seconds.Order()];
            latency = $": p50 {At(sorted, 0.5):F1} ms, p99 {At(sorted, 0.99):F1} ms, most {sorted[^1] * 1e3:F1} ms";
        }

        Console.WriteLine($"{what}{latency}; coordinator {coordinator.WorkingSet64 >> 20} MiB");
    }

    private static double At(double[] sorted, double share) => sorted[(int)Math.Min(sorted.Length - 1, share * sorted.Length)] * 1e3;
}
