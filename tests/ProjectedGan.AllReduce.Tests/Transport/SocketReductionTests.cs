using ProjectedGan.AllReduce.Groups;
using ProjectedGan.AllReduce.Reduction;
using ProjectedGan.AllReduce.Tests.Support;
using static TorchSharp.torch;

namespace ProjectedGan.AllReduce.Tests.Transport;

[Trait("Speed", "Slow")]
public class SocketReductionTests
{
    [Theory]
    [InlineData(2, WireType.Float32, 1, true)]
    [InlineData(2, WireType.Float32, 1, false)]
    [InlineData(3, WireType.BFloat16, 1, true)]
    [InlineData(3, WireType.BFloat16, 1, false)]
    [InlineData(4, WireType.Float32, 2, true)]
    [InlineData(4, WireType.Float32, 2, false)]
    public async Task Wait_OverSockets_IsOneWorkersSumToTheBit(int workers, WireType wire, int connections, bool sharedMemory)
    {
        await using var cluster = await SocketCluster.StartAsync(workers, SocketCluster.SmallOptions with { ConnectionsPerPeer = connections, SharedMemory = sharedMemory });
        ReplicaRange[] split = [.. Enumerable.Range(0, workers).Select(i => new ReplicaRange(i * 8 / workers, (i + 1) * 8 / workers))];
        var (sessions, observers) = await cluster.OpenAsync(split, wire);

        foreach (var length in new long[] { 1, 1001, 150_001 })
        {
            var values = new Replicas(8, length, ScalarType.Float32, wire, (int)length);
            await Sums.AssertEqualAsync(sessions, values, new ReductionKey(length, ReductionPhase.Generator, 0), new ReductionKey(length, ReductionPhase.Generator, 1));
        }

        Assert.All(observers, observer => Assert.Empty(observer.Refusals));
        Assert.All(observers, observer => Assert.Equal(6, observer.Sums.Count));
        // A sender counts a frame when its write returns, which may be after the frame has come.
        var sent = () => observers.Sum(observer => observer.Sent);
        var received = observers.Sum(observer => observer.Received);
        Assert.True(SpinWait.SpinUntil(() => sent() == received, TimeSpan.FromSeconds(30)), $"{sent()} bytes were sent, {received} came.");
    }

    [Theory]
    [InlineData(true, 0, 100_000)]
    [InlineData(false, 400_000, 600_000)]
    public async Task Wait_PeersOnOneMachine_ChunksCrossTheSocketOnlyWithoutSharedMemory(bool sharedMemory, long least, long most)
    {
        CountedResponses counted = new();
        await using var cluster = await SocketCluster.StartAsync(2, SocketCluster.SmallOptions with { CreateChannel = counted.Connect, SharedMemory = sharedMemory });
        var (sessions, _) = await cluster.OpenAsync([new(0, 1), new(1, 2)]);

        // To the caller: partial sums of its half and results of the other one, 200,000 bytes each.
        await Sums.AssertEqualAsync(sessions, new Replicas(2, 100_000, ScalarType.Float32, WireType.Float32, 1), new ReductionKey(0, ReductionPhase.Generator, 0));

        Assert.InRange(counted.Bytes, least, most);
    }

    [Fact]
    public async Task OpenAsync_TwoRunsAtOnceThenTheNextEpoch_EachSumsItsOwn()
    {
        await using var cluster = await SocketCluster.StartAsync(2);
        ReplicaRange[] split = [new(0, 1), new(1, 2)];
        var (first, _) = await cluster.OpenAsync(split, run: "first");
        var (second, _) = await cluster.OpenAsync(split, run: "second");
        var key = new ReductionKey(0, ReductionPhase.Discriminator, 0);

        await Task.WhenAll(
            Sums.AssertEqualAsync(first, new Replicas(2, 30_000, ScalarType.Float32, WireType.Float32, 1), key),
            Sums.AssertEqualAsync(second, new Replicas(2, 30_000, ScalarType.Float32, WireType.Float32, 2), key));
        await Task.WhenAll(first.Select(session => session.DisposeAsync().AsTask())).Within("the first epoch to end");
        var (next, _) = await cluster.OpenAsync([new(0, 3), new(3, 4)], run: "first", epoch: 2);
        await Sums.AssertEqualAsync(next, new Replicas(4, 10_000, ScalarType.Float32, WireType.Float32, 3), key);
    }

    [Fact]
    public async Task BarrierAsync_NameUsedTwice_WaitsForAllEachTime()
    {
        await using var cluster = await SocketCluster.StartAsync(3);
        var (sessions, _) = await cluster.OpenAsync([new(0, 1), new(1, 2), new(2, 3)]);
        for (var round = 0; round < 2; round++)
        {
            var early = sessions.Take(2).Select(session => session.BarrierAsync("ready", CancellationToken.None)).ToArray();
            await Task.WhenAll(sessions.Select(session => session.BarrierAsync("another", CancellationToken.None))).Within("another barrier");
            Assert.All(early, waiting => Assert.False(waiting.IsCompleted));
            await Task.WhenAll([.. early, sessions[2].BarrierAsync("ready", CancellationToken.None)]).Within("the barrier");
        }
    }

    [Fact]
    public async Task OpenAsync_PeersThatStartLater_AreWaitedFor()
    {
        await using var cluster = await SocketCluster.StartAsync(2);
        ReplicaRange[] split = [new(0, 1), new(1, 2)];
        var members = cluster.Members(split);
        CollectiveGroup Group(int self) => new("run", 7, $"w{self}", 2, WireType.Float32, members);

        var first = cluster.Hosts[0].Server.OpenAsync(Group(0), new RecordingObserver(), CancellationToken.None);
        Assert.False(first.IsCompleted);
        await using var second = await cluster.Hosts[1].Server.OpenAsync(Group(1), new RecordingObserver(), CancellationToken.None).Within("the second session");
        await using var session = await first.Within("the first session");

        await Sums.AssertEqualAsync([session, second], new Replicas(2, 100, ScalarType.Float32, WireType.Float32, 1), new ReductionKey(0, ReductionPhase.Generator, 0));
    }
}
