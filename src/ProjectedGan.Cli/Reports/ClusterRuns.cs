using Grpc.Net.Client;
using ProjectedGan.Cli.Client;
using ProjectedGan.Hosting.Artifacts;
using ProjectedGan.Protocol.V1;
using ProjectedGan.Specification;

namespace ProjectedGan.Cli.Reports;

/// <summary>Experiments of a cluster.</summary>
internal sealed class ClusterRuns(GrpcChannel channel)
{
    private readonly Experiments.ExperimentsClient _experiments = new(channel);
    private readonly ArtifactClient _artifacts = new(channel.CreateCallInvoker(), new TransferOptions(), TimeProvider.System);

    /// <summary>One experiment by its id, with its newest sheets.</summary>
    public async Task<ReportRun> ReadAsync(string id, CancellationToken cancellation)
    {
        Experiment experiment = await _experiments.GetAsync(new GetRequest { Id = id }, cancellationToken: cancellation);
        Snapshot[] measured = [.. experiment.Snapshots.Where(snapshot => snapshot.Metrics.Count > 0 && double.IsFinite(snapshot.Metrics[0].Value)).OrderBy(snapshot => snapshot.Images)];
        return new ReportRun
        {
            Name = experiment.Name.Length > 0 ? experiment.Name : experiment.Id,
            Spec = TrainingSpecFile.ParseUnvalidated(experiment.Id, experiment.SpecYaml),
            State = State(experiment),
            HasEnded = experiment.State == ExperimentState.Completed,
            Images = experiment.Progress?.Images ?? 0,
            TrainingTime = experiment.Progress?.TrainingTime?.ToTimeSpan() ?? TimeSpan.Zero,
            Metric = measured.Length > 0 ? measured[^1].Metrics[0].Metric : "",
            Curve = [.. measured.Where(snapshot => snapshot.Metrics[0].Metric == measured[^1].Metrics[0].Metric)
                .Select(snapshot => new Measurement(
                    snapshot.Images, snapshot.TrainingTime.ToTimeSpan(), snapshot.Metrics[0].Value, snapshot.Metrics[0].HasStandardDeviation ? snapshot.Metrics[0].StandardDeviation : null))],
            Samples = await NewestAsync(experiment, snapshot => snapshot.Grid, cancellation),
            Neighbours = await NewestAsync(experiment, snapshot => snapshot.Neighbours, cancellation),
        };
    }

    private async Task<byte[]?> NewestAsync(Experiment experiment, Func<Snapshot, Artifact?> image, CancellationToken cancellation) =>
        experiment.Snapshots.OrderBy(snapshot => snapshot.Images).Select(image).LastOrDefault(drawn => drawn is not null) is { } newest ? await FetchAsync(newest, cancellation) : null;

    private static string State(Experiment experiment)
    {
        if (experiment.State == ExperimentState.Completed && experiment.Progress?.Images >= experiment.TotalImages)
        {
            return "complete";
        }

        string state = ExperimentView.State(experiment.State);
        return experiment.Reason.Length > 0 ? $"{state}: {experiment.Reason}" : state;
    }

    private async Task<byte[]> FetchAsync(Artifact image, CancellationToken cancellation)
    {
        string folder = Directory.CreateTempSubdirectory("pgan-report-").FullName;
        try
        {
            string path = Path.Combine(folder, "image.png");
            await _artifacts.FetchToAsync(image, path, progress: null, cancellation);
            return await File.ReadAllBytesAsync(path, cancellation);
        }
        finally
        {
            Directory.Delete(folder, recursive: true);
        }
    }
}
