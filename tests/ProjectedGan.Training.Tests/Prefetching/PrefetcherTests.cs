using ProjectedGan.Data.Datasets;
using ProjectedGan.Data.Ordering;
using ProjectedGan.Tensors;
using ProjectedGan.Training.Prefetching;

namespace ProjectedGan.Training.Tests.Prefetching;

public class PrefetcherTests
{
    private static readonly TimeSpan Patience = TimeSpan.FromSeconds(30);

    [Theory]
    [InlineData(1, 1)]
    [InlineData(3, 2)]
    [InlineData(4, 9)]
    public void Take_Iterations_GivesThePlansImagesWhateverTheThreads(int threads, int ahead)
    {
        // A batch's first image is ready after its second where threads allow that. Each image is in one batch of these.
        var plan = new ShardPlan(1, 80, 2, 3);
        var second = new Dictionary<int, ManualResetEventSlim>();
        var first = new Dictionary<int, ManualResetEventSlim>();
        for (var iteration = 0; iteration < 12; iteration++)
        {
            for (var replica = 0; replica < 2; replica++)
            {
                var images = plan.ImageIndices(iteration, replica);
                first[images[0]] = second[images[1]] = new ManualResetEventSlim();
            }
        }
        using var dataset = new MemoryDataset(80) { ClassCount = 3, OnRead = Read };
        using var prefetcher = new Prefetcher(dataset, plan, new PrefetchOptions { Threads = threads, BatchesAhead = ahead });
        for (var iteration = 0; iteration < 12; iteration++)
        {
            for (var replica = 0; replica < 2; replica++)
            {
                using var batch = prefetcher.Take(iteration, replica, default);
                AssertBatch(plan, batch, iteration, replica);
                Assert.Equal(batch.ImageIndices.Select(index => index % 3), batch.Labels!);
            }
        }
        Assert.True(prefetcher.WaitTime > TimeSpan.Zero);

        void Read(int index)
        {
            if (second.TryGetValue(index, out var read))
                read.Set();
            if (threads > 1 && first.TryGetValue(index, out var overtaken))
                Assert.True(overtaken.Wait(Patience), "Nobody read the batch's second image.");
        }
    }

    [Fact]
    public void Take_FromALaterIteration_GoesOnWhereARunStopped()
    {
        using var dataset = new MemoryDataset(50);
        var plan = new ShardPlan(1, 50, 4, 2);
        using var prefetcher = new Prefetcher(
            dataset, plan, new PrefetchOptions { FirstIteration = 1000, FirstReplica = 1, ReplicaCount = 2 });
        for (var iteration = 1000; iteration < 1010; iteration++)
        {
            using var second = prefetcher.Take(iteration, 2, default);
            using var first = prefetcher.Take(iteration, 1, default);
            AssertBatch(plan, first, iteration, 1);
            AssertBatch(plan, second, iteration, 2);
            Assert.Null(first.Labels);
        }
        Assert.Throws<InvalidOperationException>(() => prefetcher.Take(1010, 0, default));
        Assert.Throws<InvalidOperationException>(() => prefetcher.Take(999, 1, default));
        Assert.Throws<InvalidOperationException>(() => prefetcher.Take(1009, 1, default));
        Assert.Throws<InvalidOperationException>(() => prefetcher.Take(2000, 1, default));
    }

    [Fact]
    public async Task Take_OneThreadAReplica_ServesAllLanes()
    {
        using var dataset = new MemoryDataset(64);
        var plan = new ShardPlan(5, 64, 4, 4);
        using var prefetcher = new Prefetcher(dataset, plan, new PrefetchOptions { Threads = 3, BatchesAhead = 1 });
        using var step = new Barrier(4);
        var lanes = Enumerable.Range(0, 4).Select(replica => Task.Factory.StartNew(
            () =>
            {
                for (var iteration = 0; iteration < 50; iteration++)
                {
                    using (var batch = prefetcher.Take(iteration, replica, default))
                        AssertBatch(plan, batch, iteration, replica);
                    step.SignalAndWait(Patience);
                }
            },
            TaskCreationOptions.LongRunning));
        await Task.WhenAll(lanes).WaitAsync(Patience);
    }

    [Fact]
    public void Take_NothingTaken_DecodesNoMoreThanTheBatchesAhead()
    {
        var read = 0;
        using var enough = new CountdownEvent(3 * 5);
        using var dataset = new MemoryDataset(100) { OnRead = _ => { Interlocked.Increment(ref read); if (!enough.IsSet) enough.Signal(); } };
        using (var prefetcher = new Prefetcher(dataset, new ShardPlan(0, 100, 1, 5), new PrefetchOptions { Threads = 4, BatchesAhead = 3 }))
            Assert.True(enough.Wait(Patience));
        Assert.Equal(15, read);
    }

    [Fact]
    public void Take_DisposedBatches_UsesTheirMemoryAgain()
    {
        using var dataset = new MemoryDataset(30);
        using var prefetcher = new Prefetcher(dataset, new ShardPlan(0, 30, 1, 2), new PrefetchOptions { BatchesAhead = 2 });
        var handles = new HashSet<nint>();
        for (var iteration = 0; iteration < 100; iteration++)
        {
            using var batch = prefetcher.Take(iteration, 0, default);
            handles.Add(batch.Images.Handle);
        }
        Assert.InRange(handles.Count, 1, 4);
    }

    [Fact]
    public void Take_UnreadableImage_FailsForItsBatchOnlyAndNamesIt()
    {
        using var dataset = new MemoryDataset(12) { OnRead = index => { if (index == 7) throw new DatasetException("image '7.png' cannot be decoded"); } };
        var plan = new ShardPlan(0, 12, 1, 4);
        using var prefetcher = new Prefetcher(dataset, plan, new PrefetchOptions());
        var failed = 0;
        for (var iteration = 0; iteration < 6; iteration++)
        {
            if (plan.ImageIndices(iteration, 0).Contains(7))
            {
                var error = Assert.Throws<DatasetException>(() => prefetcher.Take(iteration, 0, default));
                Assert.Contains("7.png", error.Message, StringComparison.Ordinal);
                failed++;
            }
            else
            {
                using var batch = prefetcher.Take(iteration, 0, default);
                AssertBatch(plan, batch, iteration, 0);
            }
        }
        Assert.Equal(2, failed);
    }

    [Fact]
    public async Task Take_CancelledOrDisposedWhileWaiting_EndsAtOnce()
    {
        using var gate = new ManualResetEventSlim();
        using var dataset = new MemoryDataset(10) { OnRead = _ => gate.Wait(Patience) };
        var prefetcher = new Prefetcher(dataset, new ShardPlan(0, 10, 2, 2), new PrefetchOptions());
        using var stop = new CancellationTokenSource();

        var cancelled = Task.Run(() => prefetcher.Take(0, 0, stop.Token), CancellationToken.None);
        await stop.CancelAsync();
        await Assert.ThrowsAnyAsync<OperationCanceledException>(() => cancelled).WaitAsync(Patience);

        var waiting = Task.Run(() => prefetcher.Take(0, 1, default));
        var disposing = Task.Run(prefetcher.Dispose);
        await Assert.ThrowsAsync<ObjectDisposedException>(() => waiting).WaitAsync(Patience);
        gate.Set();
        await disposing.WaitAsync(Patience);
        Assert.Throws<ObjectDisposedException>(() => prefetcher.Take(0, 0, default));
    }

    [Fact]
    public void Constructor_UnfitArguments_Throws()
    {
        using var dataset = new MemoryDataset(10);
        Assert.Throws<ArgumentException>(() => new Prefetcher(dataset, new ShardPlan(0, 11, 1, 1), new PrefetchOptions()));
        Assert.Throws<ArgumentException>(() => new Prefetcher(dataset, new ShardPlan(0, 10, 2, 1), new PrefetchOptions { FirstReplica = 1, ReplicaCount = 2 }));
        Assert.Throws<ArgumentOutOfRangeException>(() => new Prefetcher(dataset, new ShardPlan(0, 10, 1, 1), new PrefetchOptions { Threads = 0 }));
    }

    private static void AssertBatch(ShardPlan plan, ImageBatch batch, long iteration, int replica)
    {
        var expected = plan.ImageIndices(iteration, replica);
        Assert.Equal((iteration, replica), (batch.Iteration, batch.Replica));
        Assert.Equal(expected, batch.ImageIndices);
        Assert.Equal([plan.ReplicaBatch, 3, 4, 4], batch.Images.shape);
        Assert.Equal(expected.SelectMany(index => Enumerable.Repeat((byte)index, 48)), TensorBytes.Span(batch.Images).ToArray());
    }
}
