using System.Globalization;
using System.Text.Json;
using System.Text.RegularExpressions;
using Grpc.Net.Client;
using ProjectedGan.Cli.Client;
using ProjectedGan.Cli.Runs;
using ProjectedGan.Evaluation.Curves;
using ProjectedGan.Foundation;
using ProjectedGan.Hosting.Artifacts;
using ProjectedGan.Protocol.V1;
using ProjectedGan.Specification;
using ProjectedGan.Specification.Metrics;

namespace ProjectedGan.Cli.Reports;

/// <summary>Runs of <c>pgan train</c> by their folders.</summary>
internal static partial class FolderRuns
{
    /// <summary>The run of a folder, or all runs of a folder of runs, numbers in their names in order.</summary>
    /// <exception cref="UsageException">There is no run.</exception>
    /// <exception cref="PganException">A file of a run cannot be read.</exception>
    public static IReadOnlyList<ReportRun> Read(string path)
    {
        var full = Path.GetFullPath(path).TrimEnd('/');
        if (File.Exists(new RunFolder(full).Spec))
        {
            return [Read(new RunFolder(full), Path.GetFileName(full))];
        }

        ReportRun[] runs = [.. Directory.EnumerateDirectories(full).Select(folder => new RunFolder(folder)).Where(folder => File.Exists(folder.Spec))
            .OrderBy(folder => Number().Replace(folder.Name, match => match.Value.PadLeft(20, '0')), StringComparer.Ordinal)
            .Select(folder => Read(folder, $"{Path.GetFileName(full)}/{folder.Name}"))];
        return runs.Length > 0 ? runs : throw new UsageException($"'{path}' is no run and holds none; give a folder that 'pgan train' made (it has a spec.yaml), or one of such folders.");
    }

    private static ReportRun Read(RunFolder folder, string name)
    {
        var spec = TrainingSpecFile.LoadUnvalidated(folder.Spec);
        var rows = File.Exists(folder.FrechetCsv) ? FdCsv.Read(folder.FrechetCsv) : [];
        var network = rows.Count > 0 ? rows[^1].FeatureNetwork : "";
        var spreads = File.Exists(folder.MetricsCsv)
            ? MetricsCsv.Read(folder.MetricsCsv).Where(row => row.Metric == MetricName.Frechet(network)).GroupBy(row => row.Images).ToDictionary(rows => rows.Key, rows => rows.Last().StandardDeviation)
            : [];
        var newest = folder.Newest(_ => { })?.Manifest;
        // A checkpoint may be older than the last measurement, where there is none at all too.
        var images = Math.Max(newest?.ImagesSeen ?? 0, rows.Count > 0 ? rows.Max(row => row.Images) : 0);
        var seconds = Math.Max(newest?.TrainingSeconds ?? 0, rows.Count > 0 ? rows.Max(row => row.Seconds) : 0);
        return new ReportRun
        {
            Name = name,
            Spec = spec,
            State = images >= spec.TotalImages ? "complete" : string.Create(CultureInfo.InvariantCulture, $"at {images:N0} of {spec.TotalImages:N0} images"),
            // The walk is what training writes last.
            HasEnded = images >= spec.TotalImages || File.Exists(folder.Interpolation),
            Images = images,
            TrainingTime = TimeSpan.FromSeconds(seconds),
            Metric = network.Length > 0 ? MetricName.Frechet(network) : "",
            Curve = [.. rows.Where(row => row.FeatureNetwork == network && double.IsFinite(row.Distance))
                .Select(row => new ReportPoint(row.Images, TimeSpan.FromSeconds(row.Seconds), row.Distance, spreads.GetValueOrDefault(row.Images)))],
            PeakBytes = PeakBytes(folder),
            Neighbours = File.Exists(folder.Neighbours) ? File.ReadAllBytes(folder.Neighbours) : null,
            Samples = NewestGrid(folder) is { } grid ? File.ReadAllBytes(grid) : null,
            Real = File.Exists(folder.RealGrid) ? File.ReadAllBytes(folder.RealGrid) : null,
        };
    }

    private static string? NewestGrid(RunFolder folder) =>
        folder.Grids().Select(grid => grid.Path).Append(folder.FinalGrid).Where(File.Exists).MaxBy(File.GetLastWriteTimeUtc);

    // The log has a line of it for each session.
    private static long? PeakBytes(RunFolder folder)
    {
        if (!File.Exists(folder.Log))
        {
            return null;
        }

        using StreamReader log = new(new FileStream(folder.Log, FileMode.Open, FileAccess.Read, FileShare.ReadWrite));
        long? most = null;
        while (log.ReadLine() is { } line)
        {
            if (line.Contains($"\"event\":\"{nameof(RunLog.Memory)}\"", StringComparison.Ordinal) && Parse(line) is { } bytes)
            {
                most = Math.Max(most ?? 0, bytes);
            }
        }

        return most;
    }

    // A crash may have cut a line short.
    private static long? Parse(string line)
    {
        try
        {
            using var json = JsonDocument.Parse(line);
            return json.RootElement.GetProperty("values").GetProperty("peakBytes").GetInt64();
        }
        catch (Exception error) when (error is JsonException or KeyNotFoundException or InvalidOperationException)
        {
            return null;
        }
    }

    [GeneratedRegex(@"\d+")]
    private static partial Regex Number();
}

/// <summary>Experiments of a cluster.</summary>
internal sealed class ClusterRuns(GrpcChannel channel)
{
    private readonly Experiments.ExperimentsClient _experiments = new(channel);
    private readonly ArtifactClient _artifacts = new(channel.CreateCallInvoker(), new TransferOptions(), TimeProvider.System);

    /// <summary>One experiment by its id, with its newest sheets.</summary>
    public async Task<ReportRun> ReadAsync(string id, CancellationToken cancellation)
    {
        var experiment = await _experiments.GetAsync(new GetRequest { Id = id }, cancellationToken: cancellation);
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
                .Select(snapshot => new ReportPoint(
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

        var state = ExperimentText.State(experiment.State);
        return experiment.Reason.Length > 0 ? $"{state}: {experiment.Reason}" : state;
    }

    private async Task<byte[]> FetchAsync(Artifact image, CancellationToken cancellation)
    {
        var folder = Directory.CreateTempSubdirectory("pgan-report-").FullName;
        try
        {
            var path = Path.Combine(folder, "image.png");
            await _artifacts.FetchToAsync(image, path, progress: null, cancellation);
            return await File.ReadAllBytesAsync(path, cancellation);
        }
        finally
        {
            Directory.Delete(folder, recursive: true);
        }
    }
}
