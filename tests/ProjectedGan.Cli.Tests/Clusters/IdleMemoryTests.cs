using System.Globalization;
using ProjectedGan.Cli.Local;
using ProjectedGan.Cli.Tests.Hosting;
using ProjectedGan.Cli.Tests.Processes;
using ProjectedGan.Cli.Verification;
using ProjectedGan.Protocol.V1;
using ProjectedGan.Specification;

namespace ProjectedGan.Cli.Tests.Clusters;

/// <summary>What a worker and an evaluator hold when they have nothing to do any more, as the kernel counts it.</summary>
[Collection(ClusterCollection.Name)]
[Trait("Speed", "Slow")]
public sealed class IdleMemoryTests
{
    private const string Anonymous = "RssAnon:";
    private const string Peak = "VmHWM:";

    // Measured on two cores, in MiB: a worker 94 before, then 1505 without giving back and 189 with it, an evaluator 67, 921 and below 335.
    // glibc keeps the end of each thread's pool.
    private const double WorkerFactor = 5;
    private const double EvaluatorFactor = 5;
    private static readonly TimeSpan Patience = TimeSpan.FromMinutes(5);

    [Fact]
    public async Task Nodes_AfterARunAndItsMeasurement_GiveTheirMemoryBack()
    {
        using TemporaryFolder home = new();
        using CancellationTokenSource patience = new(Patience);
        await using var cluster = await LocalCluster.StartAsync(
            new LocalClusterOptions { Folder = home.At("cluster"), Workers = 1, Evaluators = 1, LanesPerWorker = 2 }, patience.Token);
        await cluster.WaitForNodesAsync(1, patience.Token);
        var worker = cluster.Workers[0].ProcessId;
        var evaluator = cluster.Evaluators[0].ProcessId;
        (long worker, long evaluator) before = (Bytes(worker, Anonymous), Bytes(evaluator, Anonymous));

        var experiment = await cluster.Experiments.SubmitAsync(
            new SubmitRequest { SpecYaml = TrainingSpecFile.Write(await SpecAsync(home, patience.Token)), Name = "memory" }, cancellationToken: patience.Token);
        await Eventually.HoldsAsync("every snapshot is measured", async () =>
        {
            var now = await cluster.Experiments.GetAsync(new GetRequest { Id = experiment.Id }, cancellationToken: patience.Token);
            return now.State == ExperimentState.Completed && now.Snapshots.Count > 0 && now.Snapshots.All(snapshot => snapshot.Evaluation == EvaluationState.Done);
        });

        await FallsAsync("the worker", worker, before.worker, factor: WorkerFactor);
        await FallsAsync("the evaluator", evaluator, before.evaluator, factor: EvaluatorFactor);
    }

    private static async Task FallsAsync(string node, int process, long before, double factor)
    {
        // It had more, or the test shows nothing.
        Assert.True(Bytes(process, Peak) > 2 * factor * before, $"{node} had {before >> 20} MiB at first and {Bytes(process, Peak) >> 20} MiB at its peak.");
        await Eventually.HoldsAsync($"{node} holds less than {factor} times the {before >> 20} MiB that it had at first", () => Bytes(process, Anonymous) < factor * before);
    }

    // Wide enough that the run's memory is many times that of the process.
    private static async Task<TrainingSpec> SpecAsync(TemporaryFolder home, CancellationToken cancellation)
    {
        var spec = VerificationSpec.Create(replicas: 2, iterations: 2);
        (await PganProcess.RunAsync(home.Path, "weights", "import", Path.Combine(Repository.Downloads, "nsfwjs-4.3.0.tgz"), "--network", "mobilenet_v2")).Succeeded();
        return spec with
        {
            Batch = 32,
            TotalImages = 64,
            Data = spec.Data with { Path = VerificationSpec.WriteDataset(home.Path, cancellation) },
            Generator = spec.Generator with { Width = 16 },
            Discriminator = spec.Discriminator with { WidthFactor = 0.25 },
            Projection = spec.Projection with { Channels = 32 },
            Evaluation = new EvaluationSpec { Network = "mobilenet_v2", Weights = home.At("weights", "mobilenet_v2.safetensors"), Samples = 256 },
            Schedule = spec.Schedule with { EvaluationImages = 64 },
            Cluster = new ClusterSpec { MinWorkers = 1 },
        };
    }

    private static long Bytes(int process, string field) =>
        long.Parse(File.ReadLines($"/proc/{process}/status").Single(line => line.StartsWith(field, StringComparison.Ordinal)).Split(' ')[^2], CultureInfo.InvariantCulture) << 10;
}
