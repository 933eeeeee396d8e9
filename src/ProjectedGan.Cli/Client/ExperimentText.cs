using System.Globalization;
using Google.Protobuf;
using Google.Protobuf.WellKnownTypes;
using ProjectedGan.Protocol.V1;

namespace ProjectedGan.Cli.Client;

/// <summary>Experiments for people.</summary>
internal static class ExperimentText
{
    public static string State(ExperimentState state) => state.ToString().ToLowerInvariant();

    public static bool IsOver(ExperimentState state) => state is ExperimentState.Completed or ExperimentState.Cancelled or ExperimentState.Failed;

    public static string Time(Timestamp? time) => time is null ? "" : time.ToDateTimeOffset().ToLocalTime().ToString("yyyy-MM-dd HH:mm:ss", CultureInfo.InvariantCulture);

    public static string Share(Experiment experiment) => experiment.TotalImages == 0
        ? ""
        : string.Create(CultureInfo.InvariantCulture, $"{experiment.Progress?.Images ?? 0:N0} of {experiment.TotalImages:N0} ({(double)(experiment.Progress?.Images ?? 0) / experiment.TotalImages:P0})");

    public static string Metrics(Snapshot snapshot) => snapshot.EvaluationError.Length > 0
        ? snapshot.EvaluationError
        : string.Join(", ", snapshot.Metrics.Select(metric => string.Create(
            CultureInfo.InvariantCulture, $"{metric.Metric} {metric.Value:G5}{(metric.HasStandardDeviation ? $" ± {metric.StandardDeviation:G2}" : "")}")));

    public static void Show(Experiment experiment)
    {
        TextTable facts = new("experiment", experiment.Id);
        facts.Row("name", experiment.Name);
        facts.Row("state", experiment.Reason.Length > 0 ? $"{State(experiment.State)}: {experiment.Reason}" : State(experiment.State));
        facts.Row("submitted", $"{Time(experiment.Submitted)} by {experiment.User}");
        facts.Row("images", Share(experiment));
        if (experiment.Progress is { ImagesPerSecond: > 0 } progress)
        {
            var left = progress.Remaining?.ToTimeSpan() ?? TimeSpan.Zero;
            var speed = string.Create(CultureInfo.InvariantCulture, $"{progress.ImagesPerSecond:F1} images/s");
            var format = left.Days > 0 ? @"d\.hh\:mm\:ss" : @"hh\:mm\:ss";
            // An experiment that has ended keeps its speed.
            facts.Row("speed", left <= TimeSpan.Zero ? speed : $"{speed}, {left.ToString(format, CultureInfo.InvariantCulture)} left");
        }

        facts.Row("workers", experiment.Members.Count == 0 ? "none" : string.Join(", ", experiment.Members.Select(member => $"{member.Worker} (replicas {member.FirstReplica} to {member.FirstReplica + member.ReplicaCount - 1})")));
        foreach (var warning in experiment.Warnings)
        {
            facts.Row("warning", warning);
        }

        facts.Row("spec", experiment.SpecHash);
        facts.Row("dataset", experiment.DatasetHash);
        facts.Row("checkpoint", experiment.CheckpointIteration < 0 ? "none" : $"iteration {experiment.CheckpointIteration}");
        if (experiment.WeightsHash.Length > 0)
        {
            facts.Row("weights", experiment.WeightsHash);
        }

        facts.Write();
        ShowHistory(experiment);
    }

    private static void ShowHistory(Experiment experiment)
    {
        TextTable history = new("time", "state", "why");
        foreach (var transition in experiment.History)
        {
            history.Row(Time(transition.Time), State(transition.State), transition.Reason);
        }

        TextTable epochs = new("epoch", "iterations", "workers", "ended because");
        foreach (var epoch in experiment.Epochs)
        {
            epochs.Row($"{epoch.Epoch}", $"{epoch.FirstIteration} to {epoch.EndIteration}", $"{epoch.Members.Count}", epoch.EndedBecause);
        }

        TextTable snapshots = new("snapshot at", "evaluation", "metrics", "");
        foreach (var snapshot in experiment.Snapshots)
        {
            var isBest = experiment.HasBestSnapshotImages && experiment.BestSnapshotImages == snapshot.Images;
            snapshots.Row($"{snapshot.Images:N0} images", snapshot.Evaluation.ToString().ToLowerInvariant(), Metrics(snapshot), isBest ? "best" : "");
        }

        foreach (var table in new[] { history, epochs, snapshots }.Where(table => !table.IsEmpty))
        {
            Console.WriteLine();
            table.Write();
        }
    }
}

/// <summary>Columns as wide as their widest cell, whatever the terminal's width: lines are for people, and for grep and cut alike.</summary>
internal sealed class TextTable(params string[] columns)
{
    private const string Gap = "  ";
    private readonly List<string[]> _rows = [columns];

    public bool IsEmpty => _rows.Count == 1;

    /// <param name="cells">As many as columns. Control characters, which come from other people's texts, are left out.</param>
    public void Row(params string[] cells) => _rows.Add([.. cells.Select(cell => string.Concat(cell.Where(character => !char.IsControl(character))))]);

    public void Write()
    {
        int[] widths = [.. columns.Select((_, column) => _rows.Max(row => row[column].Length))];
        foreach (var row in _rows)
        {
            Console.WriteLine(string.Join(Gap, row.Select((cell, column) => cell.PadRight(widths[column]))).TrimEnd());
        }
    }
}

/// <summary>Messages as JSON, one a line, in protobuf's own mapping.</summary>
internal static class JsonOutput
{
    private static readonly JsonFormatter Formatter = new(JsonFormatter.Settings.Default.WithFormatDefaultValues(true));

    public static void Write(IMessage message) => Console.WriteLine(Formatter.Format(message));
}
