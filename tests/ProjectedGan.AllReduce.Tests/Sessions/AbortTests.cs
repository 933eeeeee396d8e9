using ProjectedGan.AllReduce.Frames;
using ProjectedGan.AllReduce.Groups;
using ProjectedGan.AllReduce.Reduction;
using ProjectedGan.AllReduce.Tests.Support;
using ProjectedGan.Tensors;
using static TorchSharp.torch;

namespace ProjectedGan.AllReduce.Tests.Sessions;

[Trait("Speed", "Slow")]
public class AbortTests
{
    private static readonly ReplicaRange[] Split = [new(0, 1), new(1, 2), new(2, 4)];

    [Fact]
    public async Task Abort_InFlight_NobodyTouchesTheTensorsAfterwards()
    {
        for (var round = 0; round < 20; round++)
        {
            await using var cluster = new MemoryCluster(Split, WireType.Float32, new CollectiveOptions { ChunkBytes = 4096, EagerBytes = 16 << 10, GrantedBytes = 64 << 10 });
            var values = new Replicas(4, 30_000, ScalarType.Float32, WireType.Float32, round);
            var partials = Split.Select(values.Partials).ToArray();
            var pending = cluster.Sessions.Select((session, worker) => session.Submit(new ReductionKey(0, ReductionPhase.Generator, 0), partials[worker])).ToArray();
            await Timeouts.Until(() => cluster.Observers[0].Received > round * 4000, "some frames");

            cluster.Sessions[0].Abort(new InvalidOperationException("rolled back"));
            var memory = partials[0][0].Sum;
            TensorBytes.Span(memory).Fill(0xA5);
            await Task.Run(() => Assert.All(pending.Skip(1), sum =>
            {
                // A sum may have been complete before the abort.
                try
                {
                    Assert.True(values.Expected().AsSpan().SequenceEqual(TensorBytes.Span(sum.Wait(CancellationToken.None))));
                }
                catch (ExchangeAbortedException exception)
                {
                    Assert.Contains("rolled back", exception.Message, StringComparison.Ordinal);
                }
            })).Within("the other waits to end");
            await cluster.DisposeAsync();

            Assert.False(TensorBytes.Span(memory).ContainsAnyExcept((byte)0xA5));
            Assert.All(cluster.Pools, pool => Assert.Equal(0, pool.RentedBytes));
            Assert.All(cluster.Observers, observer => Assert.Empty(observer.Unreachable));
        }
    }

    [Fact]
    public async Task Dispose_EndsTheTimerOfItsStreamsToo()
    {
        await using var cluster = new MemoryCluster(Split, WireType.Float32);
        var stopping = cluster.Sessions[0].Links.Stopping;

        await cluster.DisposeAsync();

        // What a token's disposed source says.
        Assert.Throws<ObjectDisposedException>(() => stopping.WaitHandle);
    }

    [Fact]
    public async Task Wait_PeerBreaks_AllOthersEndAndNameIt()
    {
        await using var cluster = new MemoryCluster(Split, WireType.Float32);
        var values = new Replicas(4, 30_000, ScalarType.Float32, WireType.Float32, 1);
        var key = new ReductionKey(0, ReductionPhase.Generator, 0);
        var pending = new[] { 0, 1 }.Select(worker => cluster.Sessions[worker].Submit(key, values.Partials(Split[worker]))).ToArray();

        cluster[2, 0].Break();
        cluster[2, 1].Break();
        await Task.Run(() => Assert.All(pending, sum => Assert.Throws<ExchangeAbortedException>(() => sum.Wait(CancellationToken.None)))).Within("the waits to end");

        Assert.Contains(cluster.Observers.Take(2), observer => observer.Unreachable.Any(peer => peer.Worker == "w2"));
        Assert.Throws<ExchangeAbortedException>(() => cluster.Sessions[0].Submit(key with { Iteration = 1 }, values.Partials(Split[0])));
        await Assert.ThrowsAsync<ExchangeAbortedException>(() => cluster.Sessions[1].BarrierAsync("after", CancellationToken.None));
    }

    [Fact]
    public async Task DisposeAsync_PeerThatIsDone_LetsTheOthersFinish()
    {
        await using var cluster = new MemoryCluster(Split, WireType.Float32);
        var values = new Replicas(4, 30_000, ScalarType.Float32, WireType.Float32, 1);
        await Task.WhenAll(cluster.Sessions.Select((session, worker) => Task.Run(async () =>
        {
            using var sum = session.Submit(new ReductionKey(0, ReductionPhase.Generator, 0), values.Partials(Split[worker])).Wait(CancellationToken.None);
            Assert.True(values.Expected().AsSpan().SequenceEqual(TensorBytes.Span(sum)));
            // Each leaves as soon as its own sum is there.
            await session.DisposeAsync();
        }))).Within("all workers to finish and leave");

        Assert.All(cluster.Observers, observer => Assert.Empty(observer.Unreachable));
    }

    [Fact]
    public async Task Submit_AfterAPeerLeft_Throws()
    {
        await using var cluster = new MemoryCluster(Split, WireType.Float32);
        var leaving = cluster.Sessions[2].DisposeAsync().AsTask();
        var values = new Replicas(4, 100, ScalarType.Float32, WireType.Float32, 1);
        var iteration = 0;
        await Timeouts.Until(
            () =>
            {
                try
                {
                    cluster.Sessions[0].Submit(new ReductionKey(iteration++, ReductionPhase.Generator, 0), values.Partials(Split[0]));
                    return false;
                }
                catch (ExchangeAbortedException)
                {
                    return true;
                }
            },
            "submissions to fail");
        cluster.Sessions[1].Abort(new InvalidOperationException("end of test"));
        await leaving.Within("the leaver");
    }

    [Fact]
    public async Task Wait_RandomDamage_GivesTheRightSumOrNone()
    {
        for (var seed = 0; seed < 60; seed++)
        {
            var random = new Random(seed);
            await using var cluster = new MemoryCluster(Split, WireType.BFloat16);
            cluster[1, 0].Tamper = frame => Mutate(frame, random);
            cluster[2, 1].Tamper = frame => Mutate(frame, random);
            var values = new Replicas(4, 10_000, ScalarType.Float32, WireType.BFloat16, seed);
            var expected = values.Expected();
            await Task.WhenAll(cluster.Sessions.Select((session, worker) => Task.Run(() =>
            {
                try
                {
                    for (var iteration = 0; iteration < 3; iteration++)
                    {
                        var sum = session.Submit(new ReductionKey(iteration, ReductionPhase.Generator, 0), values.Partials(Split[worker])).Wait(CancellationToken.None);
                        Assert.True(expected.AsSpan().SequenceEqual(TensorBytes.Span(sum)), $"seed {seed}");
                    }
                }
                catch (ExchangeAbortedException)
                {
                    // Damage was noticed.
                }
            }))).Within($"sums with damage, seed {seed}");
        }
    }

    // One frame in twenty loses its end, grows, or has bits flipped anywhere.
    private static byte[] Mutate(byte[] frame, Random random)
    {
        lock (random)
        {
            switch (random.Next(60))
            {
                case 0:
                    return frame[..random.Next(frame.Length)];
                case 1:
                    return [.. frame, .. new byte[random.Next(1, 100)]];
                case 2:
                    frame[random.Next(random.Next(2) == 0 ? FrameHeader.Bytes : frame.Length)] ^= (byte)random.Next(1, 256);
                    return frame;
                default:
                    return frame;
            }
        }
    }
}
