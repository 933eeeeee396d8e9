using System.Collections.Immutable;
using ProjectedGan.Coordinator.Contracts;

namespace ProjectedGan.Coordinator.Membership;

/// <summary>Keeps the records of epochs so that they cover every committed iteration exactly once.</summary>
internal static class Ledger
{
    // They are stored anew with every change of the experiment, each with all its members.
    public const int RecordsKept = 1_000;

    /// <summary>
    /// Whether training may go on from a worker's state: it trained in the newest epoch, whose record is still open or reaches that far. A
    /// pause cuts the records back to the checkpoint, and a later state that comes to light behind it has no place in them any more.
    /// </summary>
    public static bool Covers(ImmutableArray<EpochRecord> epochs, string worker, long iteration)
        => epochs.LastOrDefault() is { } last && last.Members.Any(member => member.Worker == worker) && (last.EndedBecause.Length == 0 || iteration <= last.EndIteration);

    /// <summary>
    /// Ends what came before an iteration: the last record ends there, and where training goes back behind earlier ones (to a checkpoint,
    /// after all members were lost) they are cut, since their iterations are trained again, to the same result.
    /// </summary>
    public static ImmutableArray<EpochRecord> EndAt(ImmutableArray<EpochRecord> epochs, long iteration, string reason)
    {
        if (epochs.IsEmpty)
        {
            return epochs;
        }

        var cut = epochs.ToBuilder();
        var last = cut[^1];
        cut[^1] = last with { EndIteration = Math.Max(iteration, last.FirstIteration), EndedBecause = last.EndedBecause.Length > 0 ? last.EndedBecause : reason };
        for (var index = 0; index < cut.Count; index++)
        {
            cut[index] = cut[index] with { FirstIteration = Math.Min(cut[index].FirstIteration, iteration), EndIteration = Math.Min(cut[index].EndIteration, iteration) };
        }

        return cut.MoveToImmutable();
    }

    /// <summary>
    /// Begins a record where the last one ended. Records without an iteration go, for the journal tells of those epochs; where there are more
    /// than <see cref="RecordsKept"/>, the oldest that stays stands for those before it as well.
    /// </summary>
    public static ImmutableArray<EpochRecord> Begin(ImmutableArray<EpochRecord> epochs, ExperimentRecord record, long iteration, DateTimeOffset now)
    {
        var kept = epochs.RemoveAll(ended => ended.FirstIteration == ended.EndIteration);
        var merged = kept.Length + 1 - RecordsKept;
        if (merged > 0)
        {
            var oldest = kept[merged] with { FirstIteration = kept[0].FirstIteration, Began = kept[0].Began };
            kept = kept.RemoveRange(0, merged).SetItem(0, oldest);
        }

        return kept.Add(new EpochRecord { Epoch = record.Epoch, FirstIteration = iteration, EndIteration = iteration, Members = record.Members, Began = now });
    }
}
