using ProjectedGan.Cli.Local;
using ProjectedGan.Cli.Runs;
using ProjectedGan.Data.Images;
using ProjectedGan.Evaluation.Curves;
using ProjectedGan.Hosting.Artifacts;
using ProjectedGan.Protocol.V1;
using ProjectedGan.Specification;
using ProjectedGan.Specification.Metrics;

namespace ProjectedGan.Cli.Demo;

/// <summary>Brings what an experiment leaves at its coordinator into the folder of a run.</summary>
internal sealed class ResultFiles(RunFolder folder, TrainingSpec spec, LocalCluster cluster)
{
    private static readonly TimeSpan EvaluationPoll = TimeSpan.FromMilliseconds(500);
    private readonly ArtifactClient _artifacts = new(cluster.Channel.CreateCallInvoker(), new TransferOptions(), TimeProvider.System);
    private readonly HashSet<long> _grids = [];
    private readonly HashSet<long> _told = [];

    /// <summary>The newest distance, if there is one yet.</summary>
    public (string Metric, double Value, long Images)? Newest { get; private set; }

    /// <summary>Fetches grids and distances that are new.</summary>
    public async Task FetchSnapshotsAsync(string id, EventFile events, CancellationToken cancellation) =>
        await FetchAsync(await cluster.Experiments.GetAsync(new GetRequest { Id = id }, cancellationToken: cancellation), events, cancellation);

    /// <summary>Waits until every snapshot has its figures.</summary>
    public async Task WaitForEvaluationsAsync(string id, EventFile events, CancellationToken cancellation)
    {
        while (true)
        {
            var experiment = await cluster.Experiments.GetAsync(new GetRequest { Id = id }, cancellationToken: cancellation);
            await FetchAsync(experiment, events, cancellation);
            if (!experiment.Snapshots.Any(snapshot => snapshot.Evaluation is EvaluationState.Queued or EvaluationState.Running))
            {
                return;
            }
            await Task.Delay(EvaluationPoll, TimeProvider.System, cancellation);
        }
    }

    /// <summary>Fetches the newest checkpoint, unless the folder has it.</summary>
    public async Task FetchCheckpointAsync(string id, CancellationToken cancellation)
    {
        var latest = await cluster.Experiments.GetResultAsync(
            new GetResultRequest { Id = id, Which = GetResultRequest.Types.Which.Latest }, cancellationToken: cancellation);
        var target = Path.Combine(folder.Checkpoints, $"checkpoint-{latest.Iteration:d9}");
        if (Directory.Exists(target))
        {
            return;
        }
        var temporary = target + ".part";
        Directory.CreateDirectory(temporary);
        foreach (var file in latest.Files)
        {
            await _artifacts.FetchToAsync(file, Path.Combine(temporary, file.Name), null, cancellation);
        }
        Directory.Move(temporary, target);
    }

    private async Task FetchAsync(Experiment experiment, EventFile events, CancellationToken cancellation)
    {
        foreach (var snapshot in experiment.Snapshots.Where(snapshot => snapshot.Grid is not null && _grids.Add(snapshot.Images)))
        {
            await _artifacts.FetchToAsync(snapshot.Grid, folder.Grid(snapshot.Images), null, cancellation);
        }
        var network = SpecSchema.Find("features.network")!.Text(spec);
        var measured = experiment.Snapshots.Where(snapshot => snapshot.Metrics.Count > 0).ToList();
        DistanceCurve.Add(folder, spec, measured.Select(snapshot => new FdRow(
            snapshot.Images, Math.Round(snapshot.TrainingTime.ToTimeSpan().TotalSeconds, 1), network, snapshot.Metrics[0].Value)));
        Tell(events);
        if (measured.MaxBy(snapshot => snapshot.Images) is { } newest)
        {
            Newest = (newest.Metrics[0].Metric, newest.Metrics[0].Value, newest.Images);
        }
    }

    // From the folder, which also has what earlier sittings measured at their ends.
    private void Tell(EventFile events)
    {
        foreach (var row in File.Exists(folder.FrechetCsv) ? FdCsv.Read(folder.FrechetCsv) : [])
        {
            events.Figures(row.Images, (TrainingFigures.OfMetric(MetricName.Frechet(row.FeatureNetwork)), row.Distance));
        }
        foreach (var (images, path) in folder.Grids().Where(grid => _told.Add(grid.Images)))
        {
            events.Sheet(images, TrainingFigures.Samples, ImageCodec.Decode(File.ReadAllBytes(path)));
        }
    }
}
