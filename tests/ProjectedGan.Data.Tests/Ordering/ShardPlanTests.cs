using ProjectedGan.Data.Ordering;

namespace ProjectedGan.Data.Tests.Ordering;

public class ShardPlanTests
{
    [Theory]
    [InlineData(10, 2, 3)]
    [InlineData(7, 4, 4)]
    [InlineData(1, 3, 2)]
    [InlineData(1000, 8, 4)]
    [InlineData(119, 2, 4)]
    public void ImageIndices_WholeStream_HoldsEachImageOnceAnEpoch(int count, int replicas, int replicaBatch)
    {
        var plan = new ShardPlan(42, count, replicas, replicaBatch);
        var epochs = 3;
        var iterations = (epochs * count + plan.Batch - 1) / plan.Batch;
        var stream = Stream(plan, iterations);
        for (var epoch = 0; epoch < epochs; epoch++)
        {
            var seen = stream.Skip(epoch * count).Take(count).ToArray();
            Assert.Equal(Enumerable.Range(0, count), seen.Order());
            Assert.Equal(plan.EpochOrder(epoch), seen);
        }
    }

    [Fact]
    public void ImageIndices_AnySplitIntoReplicas_IsTheSameStream()
    {
        var whole = Stream(new ShardPlan(3, 101, 1, 24), 20);
        foreach (var replicas in new[] { 2, 3, 4, 6, 8, 12, 24 })
            Assert.Equal(whole, Stream(new ShardPlan(3, 101, replicas, 24 / replicas), 20));
    }

    [Fact]
    public void ImageIndices_AskedInAnyOrderFromManyThreads_AreTheSame()
    {
        var expected = new ShardPlan(9, 50, 4, 8);
        var plan = new ShardPlan(9, 50, 4, 8);
        Parallel.For(0, 400, i =>
        {
            var iteration = i * 37 % 100;
            Assert.Equal(expected.ImageIndices(iteration, i % 4), plan.ImageIndices(iteration, i % 4));
        });
    }

    [Fact]
    public void EpochOrder_SeedsAndEpochs_Differ()
    {
        var orders = new[] { (1, 0), (1, 1), (2, 0), (2, 1) }
            .Select(item => string.Join(',', new ShardPlan(item.Item1, 30, 1, 1).EpochOrder(item.Item2)));
        Assert.Equal(4, orders.Distinct().Count());
    }

    // The order is a part of every run's results: these numbers must never change.
    [Fact]
    public void EpochOrder_KnownSeed_IsFixedForEver() =>
        Assert.Equal("6 4 3 2 0 5 8 7 9 1", string.Join(' ', new ShardPlan(0, 10, 1, 1).EpochOrder(0)));

    [Fact]
    public void EpochOrder_ManySeeds_PutsEveryImageEverywhereEquallyOften()
    {
        const int count = 6, rounds = 6000;
        var table = new int[count, count];
        for (var seed = 0; seed < rounds; seed++)
        {
            var order = new ShardPlan(seed, count, 1, 1).EpochOrder(0);
            for (var place = 0; place < count; place++)
                table[place, order[place]]++;
        }
        // 1000 expected, standard deviation 29: five of them.
        Assert.All(table.Cast<int>(), seen => Assert.InRange(seen, 855, 1145));
    }

    [Fact]
    public void ImageIndices_OutOfRange_Throws()
    {
        var plan = new ShardPlan(0, 10, 2, 2);
        Assert.Throws<ArgumentOutOfRangeException>(() => plan.ImageIndices(0, 2));
        Assert.Throws<ArgumentOutOfRangeException>(() => plan.ImageIndices(-1, 0));
        Assert.Throws<ArgumentOutOfRangeException>(() => new ShardPlan(0, 0, 1, 1));
    }

    [Fact]
    public void Epoch_OfAnIteration_IsWhereItBegins()
    {
        var plan = new ShardPlan(0, 10, 2, 2);
        Assert.Equal([0, 0, 0, 1, 1, 2], Enumerable.Range(0, 6).Select(i => (int)plan.Epoch(i)));
    }

    private static int[] Stream(ShardPlan plan, int iterations) =>
        [.. from iteration in Enumerable.Range(0, iterations)
            from replica in Enumerable.Range(0, plan.Replicas)
            from image in plan.ImageIndices(iteration, replica)
            select image];
}
