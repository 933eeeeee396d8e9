using System.Collections.Immutable;
using ProjectedGan.Coordination.Experiments;
using ProjectedGan.Coordination.Membership;

namespace ProjectedGan.Coordination.Tests.Membership;

public class LedgerTests
{
    [Fact]
    public void End_ClosesTheLastRecord()
        => Assert.Equal("0-7 \"lost\"", Text(Ledger.EndAt(Begin([], 1, 0), 7, "lost")));

    [Fact]
    public void End_BehindEarlierRecordsCutsThem()
    {
        ImmutableArray<EpochRecord> epochs = Ledger.EndAt(Begin([], 1, 0), 10, "a");
        epochs = Ledger.EndAt(Begin(epochs, 2, 10), 20, "b");
        epochs = Ledger.EndAt(Begin(epochs, 3, 20), 5, "c");
        Assert.Equal("0-5 \"a\" 5-5 \"b\" 5-5 \"c\"", Text(epochs));
    }

    [Fact]
    public void Random_SchedulesAlwaysTile()
    {
        int seed = Random.Shared.Next();
        var random = new Random(seed);
        for (int round = 0; round < 200; round++)
        {
            ImmutableArray<EpochRecord> epochs = [];
            long at = 0;
            for (int epoch = 1; epoch < 20; epoch++)
            {
                epochs = Begin(Ledger.EndAt(epochs, at, "why"), epoch, at);
                long next = 0;
                foreach (EpochRecord record in epochs)
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
