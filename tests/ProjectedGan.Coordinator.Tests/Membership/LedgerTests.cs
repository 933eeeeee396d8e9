using System.Collections.Immutable;
using ProjectedGan.Coordinator.Contracts;
using ProjectedGan.Coordinator.Membership;

namespace ProjectedGan.Coordinator.Tests.Membership;

public class LedgerTests
{
    [Fact]
    public void End_ClosesTheLastRecord()
        => Assert.Equal("0-7 \"lost\"", Text(Ledger.EndAt(Begin([], 1, 0), 7, "lost")));

    [Fact]
    public void End_BehindEarlierRecordsCutsThem()
    {
        var epochs = Ledger.EndAt(Begin([], 1, 0), 10, "a");
        epochs = Ledger.EndAt(Begin(epochs, 2, 10), 20, "b");
        epochs = Ledger.EndAt(Begin(epochs, 3, 20), 5, "c");
        Assert.Equal("0-5 \"a\" 5-5 \"b\" 5-5 \"c\"", Text(epochs));
    }

    [Fact]
    public void Begin_DropsRecordsWithoutAnIteration()
    {
        var epochs = Ledger.EndAt(Begin([], 1, 0), 7, "a");
        for (var epoch = 2; epoch < 10; epoch++)
        {
            epochs = Ledger.EndAt(Begin(epochs, epoch, 7), 7, "broken");
        }

        Assert.Equal("0-7 \"a\" 7-7 \"\"", Text(Begin(epochs, 10, 7)));
    }

    [Fact]
    public void Begin_BeyondTheMost_JoinsTheOldest()
    {
        ImmutableArray<EpochRecord> epochs = [];
        for (var epoch = 1; epoch <= Ledger.RecordsKept + 2; epoch++)
        {
            epochs = Begin(Ledger.EndAt(epochs, 2 * (epoch - 1), $"{epoch - 1}"), epoch, 2 * (epoch - 1));
        }

        Assert.Equal(Ledger.RecordsKept, epochs.Length);
        Assert.Equal("0-6 \"3\" 6-8 \"4\"", Text(epochs[..2]));
        Assert.Equal([3, 4], epochs.Take(2).Select(record => record.Epoch));
        Assert.Equal((2 * (Ledger.RecordsKept + 1), Ledger.RecordsKept + 2), (epochs[^1].FirstIteration, epochs[^1].Epoch));
    }

    [Fact]
    public void Begin_WithManyRecordsOfAnOlderVersion_JoinsThemAll()
    {
        ImmutableArray<EpochRecord> older = [.. Enumerable.Range(0, 2 * Ledger.RecordsKept).Select(index => new EpochRecord
        {
            Epoch = index + 1, FirstIteration = index, EndIteration = index + 1, Members = [], EndedBecause = "lost", Began = DateTimeOffset.UnixEpoch,
        })];
        var epochs = Begin(older, 9_000, 2 * Ledger.RecordsKept);
        Assert.Equal(Ledger.RecordsKept, epochs.Length);
        Assert.Equal((0, Ledger.RecordsKept + 2), (epochs[0].FirstIteration, epochs[0].EndIteration));
        Assert.Equal((Ledger.RecordsKept + 2, 9_000), (epochs[1].FirstIteration, epochs[^1].Epoch));
    }

    [Fact]
    public void Random_SchedulesAlwaysTile()
    {
        var seed = Random.Shared.Next();
        var random = new Random(seed);
        for (var round = 0; round < 200; round++)
        {
            ImmutableArray<EpochRecord> epochs = [];
            long at = 0;
            for (var epoch = 1; epoch < 20; epoch++)
            {
                epochs = Begin(Ledger.EndAt(epochs, at, "why"), epoch, at);
                long next = 0;
                foreach (var record in epochs)
                {
                    Assert.True(record.FirstIteration == next && record.EndIteration >= next, $"seed {seed}");
                    next = record.EndIteration;
                }

                // On, or back to a checkpoint.
                at = random.Next(4) == 0 ? random.NextInt64(at + 1) : at + random.Next(10);
            }
        }
    }

    private static ImmutableArray<EpochRecord> Begin(ImmutableArray<EpochRecord> epochs, long epoch, long iteration)
        => Ledger.Begin(epochs, new ExperimentRecord { Epoch = epoch }, iteration, DateTimeOffset.UnixEpoch);

    private static string Text(ImmutableArray<EpochRecord> epochs)
        => string.Join(' ', epochs.Select(record => $"{record.FirstIteration}-{record.EndIteration} \"{record.EndedBecause}\""));
}
