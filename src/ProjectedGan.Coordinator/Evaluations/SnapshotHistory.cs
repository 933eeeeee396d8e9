using ProjectedGan.Coordinator.Contracts;

namespace ProjectedGan.Coordinator.Evaluations;

/// <summary>What becomes of an experiment's snapshots. Pure functions of its record.</summary>
internal static class SnapshotHistory
{
    /// <summary>Adds a snapshot, which takes the place of those that wait unless all are asked for.</summary>
    public static ExperimentRecord Add(ExperimentRecord record, SnapshotRecord snapshot, EvaluationPolicy policy)
    {
        var before = record.Snapshots;
        var measure = snapshot.Measure;
        if (!policy.KeepAll)
        {
            measure |= before.Any(older => older.Evaluation == EvaluationState.Queued && older.Measure);
            before = [.. before.Select(older => older.Evaluation == EvaluationState.Queued ? older with { Evaluation = EvaluationState.Superseded } : older)];
        }

        var added = snapshot with { Evaluation = EvaluationState.Queued, Measure = measure, FailedAttempts = 0, Metrics = [], EvaluationError = "", Grid = null, Walk = null, Neighbours = null };
        return Prune(record with { Snapshots = [.. before.Append(added).OrderBy(entry => entry.Images)] }, policy);
    }

    /// <summary>Replaces one snapshot's entry.</summary>
    public static ExperimentRecord Replace(ExperimentRecord record, SnapshotRecord snapshot)
        => record with { Snapshots = [.. record.Snapshots.Select(entry => entry.Images == snapshot.Images ? snapshot : entry)] };

    /// <summary>Records an evaluation's outcome: a failed one waits again while it has attempts left.</summary>
    public static ExperimentRecord Conclude(ExperimentRecord record, SnapshotRecord snapshot, EvaluationOutcome outcome, EvaluationPolicy policy, int attempts)
    {
        if (outcome.Error.Length > 0)
        {
            var failed = snapshot.FailedAttempts + 1;
            // A newer one that waits takes the place of one that would only wait again.
            var superseded = !policy.KeepAll && record.Snapshots.Any(entry => entry.Images > snapshot.Images && entry.Evaluation == EvaluationState.Queued);
            var state = failed >= attempts ? EvaluationState.Failed : superseded ? EvaluationState.Superseded : EvaluationState.Queued;
            return Prune(Replace(record, snapshot with { Evaluation = state, FailedAttempts = failed, EvaluationError = outcome.Error }), policy);
        }

        var done = Replace(record, snapshot with
        {
            Evaluation = EvaluationState.Done,
            EvaluationError = "",
            Metrics = outcome.Metrics,
            Grid = outcome.Grid,
            Walk = outcome.Walk,
            Neighbours = outcome.Neighbours,
        });
        return Prune(done with { BestSnapshotImages = Best(done, policy)?.Images }, policy);
    }

    /// <summary>Nothing is evaluated any more.</summary>
    public static ExperimentRecord Drop(ExperimentRecord record, string reason)
        => record with
        {
            Snapshots = [.. record.Snapshots.Select(entry => IsOpen(entry) ? entry with { Evaluation = EvaluationState.Failed, EvaluationError = reason } : entry)],
        };

    /// <summary>Why training should stop early; empty when it should not.</summary>
    public static string StopReason(ExperimentRecord record, EvaluationPolicy policy)
    {
        if (policy.StopAfter <= 0 || Best(record, policy) is not { } best)
        {
            return "";
        }

        var since = record.Snapshots.Count(entry => entry.Images > Math.Max(best.Images, record.ProlongedAtImages) && entry.Metrics.Length > 0);
        return since >= policy.StopAfter
            ? $"Stopped early: {best.Metrics[0].Metric} has not improved on {best.Metrics[0].Value:G4} at {best.Images} images for {since} snapshots."
            : "";
    }

    public static bool IsOpen(SnapshotRecord snapshot) => snapshot.Evaluation is EvaluationState.Queued or EvaluationState.Running;

    private static SnapshotRecord? Best(ExperimentRecord record, EvaluationPolicy policy)
    {
        var measured = record.Snapshots.Where(entry => entry.Metrics.Length > 0 && double.IsFinite(entry.Metrics[0].Value));
        return policy.LowerIsBetter ? measured.MinBy(entry => entry.Metrics[0].Value) : measured.MaxBy(entry => entry.Metrics[0].Value);
    }

    // Weights are large: kept are the newest, the best and those that wait for their evaluation.
    private static ExperimentRecord Prune(ExperimentRecord record, EvaluationPolicy policy)
        => policy.KeepAll ? record : record with
        {
            Snapshots = [.. record.Snapshots.Select((entry, place) => place == record.Snapshots.Length - 1 || IsOpen(entry) || entry.Images == record.BestSnapshotImages
                ? entry
                : entry with { Weights = null })],
        };
}
