using System.Globalization;
using Grpc.Core;
using ProjectedGan.Cli.Local;
using ProjectedGan.Cli.Tests.Processes;
using ProjectedGan.Cli.Verification;
using ProjectedGan.Data.Images;
using ProjectedGan.Protocol.V1;
using ProjectedGan.Specification;
using ProjectedGan.Testing.Prometheus;
using ProjectedGan.Training.Iteration;

namespace ProjectedGan.Cli.Tests.Clusters;

/// <summary>What a Prometheus sees of a cluster at work.</summary>
[Collection("cluster")]
[Trait("Speed", "Slow")]
public class ClusterMetricsTests
{
    private const int Replicas = 4;

    // More than the test ever trains: it looks while the experiment runs, and cancels it then.
    private const int Iterations = 1_000_000;
    private const int SnapshotImages = Replicas * 4;
    private static readonly TimeSpan Patience = TimeSpan.FromMinutes(5);

    [Fact]
    public async Task Prometheus_OfAClusterAtWork_SeesEveryNode()
    {
        using TemporaryFolder home = new();
        using CancellationTokenSource patience = new(Patience);
        await using var cluster = await LocalCluster.StartAsync(
            new LocalClusterOptions { Folder = home.At("cluster"), Workers = 2, Evaluators = 1, LanesPerWorker = 1 }, patience.Token);
        await cluster.WaitForNodesAsync(2, patience.Token);
        var experiment = await SubmitAsync(cluster, home, patience.Token);
        await WaitForEvaluationAsync(cluster, experiment.Id, patience.Token);
        await AWalkIsDrawnAsync(cluster, experiment.Id, patience.Token);
        var ordinary = Niceness(cluster.Workers[0].ProcessId)[0];
        Assert.All(Niceness(cluster.Evaluators[0].ProcessId), niceness => Assert.True(niceness > ordinary, $"{niceness} beside {ordinary}"));
        await using var prometheus = await PrometheusServer.StartAsync(ClusterRules.File, [.. cluster.MetricsAddresses.Select(entry => (entry.Key, entry.Value))]);

        await WorkersAreSeenAsync(prometheus, experiment.Id);
        await TheCoordinatorIsSeenAsync(prometheus, experiment.Id);
        await TheEvaluatorIsSeenAsync(prometheus);
        await DashboardQueries.HaveDataAsync(prometheus);
        await PromtoolFindsNothingAsync(cluster, patience.Token);
        await ClusterRules.RecordAsync(prometheus);
        await APauseIsNoAlarmAsync(cluster, prometheus, experiment.Id, patience.Token);
        await DashboardQueries.AnnotationsHaveDataAsync(prometheus);
        await ClusterRules.NothingFiresAsync(prometheus);

        await cluster.Experiments.CancelAsync(new CancelRequest { Id = experiment.Id }, cancellationToken: patience.Token);
        await prometheus.QueryAsync("pgan_experiments{pgan_experiment_state='cancelled'} == 1");
        await prometheus.QueryAsync("absent(pgan_experiment_iteration)");
        await prometheus.QueryAsync("absent(pgan_training_membership_epoch)");
        await prometheus.QueryAsync("absent(pgan_training_loss)");
    }

    private static async Task AWalkIsDrawnAsync(LocalCluster cluster, string experiment, CancellationToken cancellation)
    {
        var walk = await cluster.Experiments.GetSampleImageAsync(
            new GetSampleImageRequest { Id = experiment, Kind = GetSampleImageRequest.Types.Kind.Walk }, cancellationToken: cancellation);
        var info = ImageCodec.Probe(walk.Png.Span);
        Assert.Equal((1024, 512), (info.Width, info.Height));
    }

    // Of each thread: Linux keeps priorities by thread. Behind the name in parentheses, niceness is the 17th field of proc(5).
    private static List<int> Niceness(int process) =>
        [.. Directory.GetDirectories($"/proc/{process}/task").Select(thread => File.ReadAllText(Path.Combine(thread, "stat")))
            .Select(stat => int.Parse(stat[(stat.LastIndexOf(')') + 2)..].Split(' ')[16], CultureInfo.InvariantCulture))];

    private static async Task WorkersAreSeenAsync(PrometheusServer prometheus, string experiment)
    {
        await prometheus.QueryAsync($"sum(pgan_training_images_total) >= {SnapshotImages} and sum(pgan_training_images_total) >= sum(pgan_training_iterations_total)");
        await prometheus.QueryAsync("count(pgan_training_iterations_total > 0) == 2");
        await prometheus.QueryAsync("count(pgan_training_iteration_duration_seconds_count > 0) == 2");
        var phases = await prometheus.QueryAsync("count by (pgan_phase) (pgan_training_phase_duration_seconds_count) == 2");
        Assert.Equal(Enum.GetValues<IterationPart>().Length, phases.Count);
        Assert.Contains("data_wait", phases.Select(phase => phase.Labels["pgan_phase"]));
        var directions = await prometheus.QueryAsync("count by (network_io_direction) (pgan_collective_io_bytes_total > 0) == 2");
        Assert.Equal(["receive", "transmit"], directions.Select(direction => direction.Labels["network_io_direction"]).Order());
        await prometheus.QueryAsync("count(pgan_collective_allreduce_duration_seconds_count{pgan_phase='generator'} > 0) == 2");
        await prometheus.QueryAsync($"sum(pgan_training_replicas) == {Replicas}");
        foreach (var figure in (string[])["loss", "gradient_norm", "sign_accuracy"])
        {
            await prometheus.QueryAsync($"count(pgan_training_{figure}{{pgan_experiment_id='{experiment}'}}) == 4");
        }
    }

    private static async Task TheCoordinatorIsSeenAsync(PrometheusServer prometheus, string experiment)
    {
        await prometheus.QueryAsync("sum(pgan_nodes{pgan_role='worker'}) == 2");
        await prometheus.QueryAsync("sum(pgan_nodes{pgan_role='evaluator'}) == 1");
        await prometheus.QueryAsync("pgan_experiments{pgan_experiment_state='running'} == 1");
        await prometheus.QueryAsync($"pgan_experiment_iteration{{pgan_experiment_id='{experiment}'}} > 0");
        await prometheus.QueryAsync($"pgan_experiment_workers{{pgan_experiment_id='{experiment}'}} == 2");
        await prometheus.QueryAsync("pgan_storage_operation_duration_seconds_count{operation='write'} > 0");
        await prometheus.QueryAsync("pgan_storage_operation_duration_seconds_count{operation='read'} > 0");
        await prometheus.QueryAsync("pgan_artifact_io_bytes_total{job='coordinator',network_io_direction='transmit'} > 0");
        await prometheus.QueryAsync("pgan_artifact_io_bytes_total{job='coordinator',network_io_direction='receive'} > 0");
        await prometheus.QueryAsync("pgan_artifact_stored_bytes{job='coordinator'} > 0");
        await prometheus.QueryAsync("sum(pgan_scheduler_assignments_total) >= 2");
    }

    private static async Task TheEvaluatorIsSeenAsync(PrometheusServer prometheus)
    {
        await prometheus.QueryAsync("pgan_evaluation_snapshots_total{job='evaluator-0',error_type=''} >= 1");
        await prometheus.QueryAsync("pgan_evaluation_duration_seconds_count >= 1");
        var builds = await prometheus.QueryAsync("count by (version) (pgan_build_info) == 4");
        Assert.NotEqual("", Assert.Single(builds).Labels["version"]);
        await prometheus.QueryAsync("count(target_info{pgan_role=~'coordinator|worker|evaluator'}) == 4");
    }

    private static async Task APauseIsNoAlarmAsync(LocalCluster cluster, PrometheusServer prometheus, string experiment, CancellationToken cancellation)
    {
        const string Window = "3s";
        await ClusterRules.NothingFiresAsync(prometheus);
        await cluster.Experiments.PauseAsync(new PauseRequest { Id = experiment }, cancellationToken: cancellation);
        await prometheus.QueryAsync("pgan_experiments{pgan_experiment_state='paused'} == 1");
        await prometheus.QueryAsync($"pgan_experiment_workers{{pgan_experiment_id='{experiment}'}} == 0");
        // Nothing moves any more, as an alert would see it after its minutes.
        await prometheus.QueryAsync($"changes(pgan_experiment_iteration[{Window}]) == 0");
        Assert.False(await prometheus.HasDataAsync(await ClusterRules.ShortenedAsync(prometheus, "ProjectedGanNotTraining", Window)), "The alert takes a paused run for one that is stuck.");

        await cluster.Experiments.ResumeAsync(new ResumeRequest { Id = experiment }, cancellationToken: cancellation);
        await prometheus.QueryAsync($"pgan_experiment_workers{{pgan_experiment_id='{experiment}'}} == 2");
        await prometheus.QueryAsync($"changes(pgan_experiment_iteration[{Window}]) > 0");
    }

    private static async Task PromtoolFindsNothingAsync(LocalCluster cluster, CancellationToken cancellation)
    {
        Assert.Equal(4, cluster.MetricsAddresses.Count);
        using HttpClient client = new();
        foreach ((var node, var address) in cluster.MetricsAddresses)
        {
            var exposition = await client.GetStringAsync(new Uri(address, "/metrics"), cancellation);
            Assert.Equal((node, ""), (node, await Promtool.CheckMetricsAsync(exposition)));
        }
    }

    private static async Task<Experiment> SubmitAsync(LocalCluster cluster, TemporaryFolder home, CancellationToken cancellation)
    {
        var spec = VerificationSpec.Create(Replicas, Iterations);
        spec = spec with
        {
            Data = spec.Data with { Path = VerificationSpec.WriteDataset(home.Path, cancellation) },
            // Features of an untrained network measure nothing.
            Evaluation = new EvaluationSpec { Network = "mobilenet_v2", Weights = await ImportWeightsAsync(home), Samples = 8 },
            Schedule = spec.Schedule with { SnapshotImages = SnapshotImages, EvaluationImages = SnapshotImages },
            Cluster = new ClusterSpec { MinWorkers = 2, MaxWorkers = 2 },
        };
        return await cluster.Experiments.SubmitAsync(new SubmitRequest { SpecYaml = TrainingSpecFile.Write(spec), Name = "metrics" }, cancellationToken: cancellation);
    }

    private static async Task<string> ImportWeightsAsync(TemporaryFolder home)
    {
        (await PganProcess.RunAsync(home.Path, "weights", "import", Path.Combine(Repository.Downloads, "nsfwjs-4.3.0.tgz"), "--network", "mobilenet_v2")).Succeeded();
        return home.At("weights", "mobilenet_v2.safetensors");
    }

    private static async Task WaitForEvaluationAsync(LocalCluster cluster, string id, CancellationToken cancellation)
    {
        List<string> seen = [];
        try
        {
            using var watch = cluster.Experiments.Watch(new WatchRequest { Id = id }, cancellationToken: cancellation);
            while (await watch.ResponseStream.MoveNext(cancellation))
            {
                seen.Add(watch.ResponseStream.Current.Text);
                if (watch.ResponseStream.Current.Snapshot?.Evaluation == EvaluationState.Done)
                {
                    return;
                }
            }
        }
        catch (RpcException) when (cancellation.IsCancellationRequested)
        {
            // Told below.
        }

        Assert.Fail($"No snapshot was evaluated within {Patience}. What happened:\n{string.Join('\n', seen)}");
    }
}
