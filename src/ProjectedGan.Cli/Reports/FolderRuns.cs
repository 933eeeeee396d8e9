using System.Globalization;
using System.Text.Json;
using System.Text.RegularExpressions;
using ProjectedGan.Cli.Runs;
using ProjectedGan.Evaluation.Curves;
using ProjectedGan.Foundation;
using ProjectedGan.Specification;
using ProjectedGan.Specification.Metrics;
using ProjectedGan.Training.Checkpoints;

namespace ProjectedGan.Cli.Reports;

/// <summary>Runs of <c>pgan train</c> by their folders.</summary>
internal static partial class FolderRuns
{
    /// <summary>The run of a folder, or all runs of a folder of runs, numbers in their names in order.</summary>
    /// <exception cref="UsageException">There is no run.</exception>
    /// <exception cref="PganException">A file of a run cannot be read.</exception>
    public static IReadOnlyList<ReportRun> Read(string path)
    {
        string full = Path.GetFullPath(path).TrimEnd('/');
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
        TrainingSpec spec = TrainingSpecFile.LoadUnvalidated(folder.Spec);
        IReadOnlyList<FdRow> rows = File.Exists(folder.FrechetCsv) ? FdCsv.Read(folder.FrechetCsv) : [];
        string network = rows.Count > 0 ? rows[^1].FeatureNetwork : "";
        Dictionary<long, double?> spreads = File.Exists(folder.MetricsCsv)
            ? MetricsCsv.Read(folder.MetricsCsv).Where(row => row.Metric == MetricName.Frechet(network)).GroupBy(row => row.Images).ToDictionary(rows => rows.Key, rows => rows.Last().StandardDeviation)
            : [];
        CheckpointManifest? newest = folder.Newest(_ => { })?.Manifest;
        // A checkpoint may be older than the last measurement, where there is none at all too.
        long images = Math.Max(newest?.ImagesSeen ?? 0, rows.Count > 0 ? rows.Max(row => row.Images) : 0);
        double seconds = Math.Max(newest?.TrainingSeconds ?? 0, rows.Count > 0 ? rows.Max(row => row.Seconds) : 0);
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
                .Select(row => new Measurement(row.Images, TimeSpan.FromSeconds(row.Seconds), row.Distance, spreads.GetValueOrDefault(row.Images)))],
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
            using JsonDocument json = JsonDocument.Parse(line);
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
