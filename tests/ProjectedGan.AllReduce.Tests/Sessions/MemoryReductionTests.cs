using ProjectedGan.AllReduce.Groups;
using ProjectedGan.AllReduce.Reduction;
using ProjectedGan.AllReduce.Tests.Support;
using ProjectedGan.Tensors;
using static TorchSharp.torch;

namespace ProjectedGan.AllReduce.Tests.Sessions;

[Trait("Speed", "Slow")]
public class MemoryReductionTests
{
    private static readonly long[] Lengths = [1, 3, 63, 64, 65, 1000, 4097, 16_411, 40_003];

    [Theory]
    [InlineData(ScalarType.Float32, WireType.Float32)]
    [InlineData(ScalarType.Float32, WireType.BFloat16)]
    [InlineData(ScalarType.Float64, WireType.Float32)]
    [InlineData(ScalarType.Float64, WireType.BFloat16)]
    public async Task Wait_AnyReplicasSplitAndLength_IsOneWorkersSumToTheBit(ScalarType type, WireType wire)
    {
        for (var replicas = 1; replicas <= 17; replicas++)
        {
            var random = new Random(HashCode.Combine(replicas, type, wire));
            var split = Replicas.Split(replicas, random, mostWorkers: 6);
            await using var cluster = new MemoryCluster(split, wire, new CollectiveOptions
            {
                ChunkBytes = 4096,
                EagerBytes = random.Next(0, 3) * 8192,
                GrantedBytes = 8192 << random.Next(0, 4),
                ConnectionsPerPeer = random.Next(1, 3),
                CloseTimeout = TimeSpan.FromSeconds(20),
            });
            var buckets = Lengths.Select((length, bucket) => (Key: new ReductionKey(0, ReductionPhase.Generator, bucket), Values: new Replicas(replicas, length, type, wire, bucket))).ToArray();
            var expected = buckets.ToDictionary(bucket => bucket.Key, bucket => bucket.Values.Expected());
            await Task.WhenAll(cluster.Sessions.Select((session, worker) => Task.Run(() =>
            {
                // Every worker submits in an order of its own.
                var order = new Random(HashCode.Combine(worker, replicas));
                var pending = buckets.OrderBy(_ => order.Next())
                    .Select(bucket => (bucket.Key, Sum: session.Submit(bucket.Key, bucket.Values.Partials(split[worker])))).ToArray();
                foreach (var (key, sum) in pending)
                {
                    Assert.True(expected[key].AsSpan().SequenceEqual(TensorBytes.Span(sum.Wait(CancellationToken.None))), $"{replicas} replicas over {split.Length}: {key}");
                }
            }))).Within($"sums over {replicas} replicas of {split.Length} workers");
            Assert.All(cluster.Observers, observer => Assert.Empty(observer.Refusals));
        }
    }

    [Fact]
    public async Task Wait_OneKeyAfterAnotherInOppositeOrders_DoesNotDeadlock()
    {
        ReplicaRange[] split = [new(0, 1), new(1, 2), new(2, 3)];
        await using var cluster = new MemoryCluster(split, WireType.Float32, new CollectiveOptions { ChunkBytes = 4096, EagerBytes = 0, GrantedBytes = 8192 });
        var values = new Replicas(3, 50_000, ScalarType.Float32, WireType.Float32, 1);
        var expected = values.Expected();

        await Task.WhenAll(cluster.Sessions.Select((session, worker) => Task.Run(() =>
        {
            var pending = Enumerable.Range(0, 8).OrderBy(bucket => worker == 1 ? -bucket : bucket)
                .Select(bucket => session.Submit(new ReductionKey(0, ReductionPhase.Generator, bucket), values.Partials(split[worker]))).ToArray();
            Assert.All(pending, sum => Assert.True(expected.AsSpan().SequenceEqual(TensorBytes.Span(sum.Wait(CancellationToken.None)))));
        }))).Within("sums submitted in opposite orders");
    }

    [Fact]
    public async Task Wait_FastPeersFarAhead_MemoryStaysBoundedAndSumsRight()
    {
        ReplicaRange[] split = [new(0, 1), new(1, 2), new(2, 3)];
        var options = new CollectiveOptions { ChunkBytes = 4096, EagerBytes = 20_000, GrantedBytes = 32 << 10 };
        await using var cluster = new MemoryCluster(split, WireType.Float32, options);
        var values = new Replicas(3, 20_000, ScalarType.Float32, WireType.Float32, 1);
        IPendingReduction[] SubmitAll(int worker) =>
            [.. Enumerable.Range(0, 40).Select(bucket => cluster.Sessions[worker].Submit(new ReductionKey(0, ReductionPhase.Generator, bucket), values.Partials(split[worker])))];

        var ahead = new[] { SubmitAll(0), SubmitAll(1) };
        await Timeouts.Until(() => cluster.Observers[2].Received > 2 * 15_000, "the fast peers to use up their credit at the slow one");
        var late = SubmitAll(2);
        await Task.Run(() =>
        {
            foreach (var sum in ahead.SelectMany(sums => sums).Concat(late))
            {
                Assert.True(values.Expected().AsSpan().SequenceEqual(TensorBytes.Span(sum.Wait(CancellationToken.None))));
            }
        }).Within("the sums after the slow peer came");

        // Credit of two peers, grants, and one frame in the hands of each of two readers.
        var bound = (2 * options.EagerBytes) + options.GrantedBytes + (2 * (4096 + 80));
        Assert.All(cluster.Pools, pool => Assert.InRange(pool.MostRentedBytes, 1, bound));
    }

    [Fact]
    public async Task Submit_StatisticsWithBFloat16OnTheWire_AreNotRounded()
    {
        ReplicaRange[] split = [new(0, 1), new(1, 2)];
        await using var cluster = new MemoryCluster(split, WireType.BFloat16);
        var values = new Replicas(2, 100, ScalarType.Float32, WireType.Float32, 1);
        var key = new ReductionKey(0, ReductionPhase.Statistics, 0);

        var pending = cluster.Sessions.Select((session, worker) => session.Submit(key, values.Partials(split[worker]))).ToArray();

        await Task.Run(() => Assert.All(pending, sum => Assert.True(values.Expected().AsSpan().SequenceEqual(TensorBytes.Span(sum.Wait(CancellationToken.None)))))).Within("statistics");
    }

    [Fact]
    public async Task Submit_WrongNodesTypeOrTwice_Throws()
    {
        ReplicaRange[] split = [new(0, 2), new(2, 3)];
        await using var cluster = new MemoryCluster(split, WireType.Float32);
        var values = new Replicas(3, 10, ScalarType.Float32, WireType.Float32, 1);
        var key = new ReductionKey(0, ReductionPhase.Generator, 0);

        Assert.Throws<ArgumentException>(() => cluster.Sessions[0].Submit(key, values.Partials(new(0, 1))));
        Assert.Throws<ArgumentException>(() => cluster.Sessions[1].Submit(key, [new SubtreeSum(new(2, 3), zeros([4], ScalarType.Int64))]));
        Assert.Throws<ArgumentException>(() => cluster.Sessions[1].Submit(key, [new SubtreeSum(new(2, 3), zeros([0], ScalarType.Float32))]));
        cluster.Sessions[0].Submit(key, values.Partials(new(0, 2)));
        Assert.Throws<InvalidOperationException>(() => cluster.Sessions[0].Submit(key, values.Partials(new(0, 2))));
        cluster.Sessions[0].Abort(new InvalidOperationException("end of test"));
    }
}
