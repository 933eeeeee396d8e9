using ProjectedGan.Coordinator.Contracts;
using ProjectedGan.Coordinator.Tests.Simulation;
using ProjectedGan.Coordinator.Workers;

namespace ProjectedGan.Coordinator.Tests.Workers;

public class WorkerGrainTests
{
    [Fact]
    public async Task Assignment_EndsALongPoll()
    {
        await using var cluster = await SimulatedCluster.StartAsync(options => options with { LongPoll = TimeSpan.FromMinutes(1) });
        var grain = await RegisterAsync(cluster, "w1");
        var poll = grain.WaitForAssignmentAsync(0, CancellationToken.None);
        Assert.False(poll.IsCompleted);
        await grain.AssignAsync(new WorkerAssignment { Mode = AssignmentMode.Warm, Run = Run("x") });
        var first = (await poll.WaitAsync(TimeSpan.FromSeconds(60)))!;
        Assert.Equal(("x", AssignmentMode.Warm), (first.Run!.Id, first.Mode));

        var next = grain.WaitForAssignmentAsync(first.Version, CancellationToken.None);
        await grain.ReleaseAsync("y");
        Assert.False(next.IsCompleted);
        await grain.ReleaseAsync("x");
        var second = (await next.WaitAsync(TimeSpan.FromSeconds(60)))!;
        Assert.Equal(AssignmentMode.Idle, second.Mode);
        Assert.True(second.Version > first.Version);
    }

    [Fact]
    public async Task Report_BeforeRegistration_IsToldToRegister()
    {
        await using var cluster = await SimulatedCluster.StartAsync();
        var thrown = await Assert.ThrowsAsync<NotFoundException>(() => cluster.Grains.GetGrain<IWorkerGrain>("w1").ReportAsync(new WorkerStatus()));
        Assert.Equal("Worker w1 is not registered with this coordinator; register again.", thrown.Message);
    }

    [Fact]
    public async Task Lease_RunsOutAndIsListed()
    {
        await using var cluster = await SimulatedCluster.StartAsync();
        var grain = await RegisterAsync(cluster, "w1");
        await grain.ReportAsync(new WorkerStatus { Draining = false });
        await grain.TickAsync();
        Assert.Equal("idle", Assert.Single(await ListAsync(cluster)).State);
        await grain.DrainAsync();
        await grain.TickAsync();
        Assert.Equal("draining", Assert.Single(await ListAsync(cluster)).State);
        cluster.Time.Advance(TimeSpan.FromSeconds(4.9));
        await grain.TickAsync();
        Assert.False((await grain.ObserveAsync()).Lost);
        cluster.Time.Advance(TimeSpan.FromSeconds(0.2));
        await grain.TickAsync();
        Assert.True((await grain.ObserveAsync()).Lost);
        Assert.Equal("lost", Assert.Single(await ListAsync(cluster)).State);
        cluster.Time.Advance(TimeSpan.FromMinutes(11));
        Assert.Empty(await ListAsync(cluster));
    }

    [Fact]
    public void Lease_OfAStoppedCoordinator_GivesTheTimeBack()
    {
        var now = DateTimeOffset.UnixEpoch;
        var lease = new WorkerLease(new CoordinationOptions(), now);
        Assert.False(lease.Expires(now += TimeSpan.FromSeconds(1)));
        // The process itself stood still for 30 s.
        Assert.False(lease.Expires(now += TimeSpan.FromSeconds(30)));
        for (var tick = 0; tick < 7; tick++)
        {
            Assert.False(lease.Expires(now += TimeSpan.FromSeconds(0.5)));
        }

        Assert.True(lease.Expires(now + TimeSpan.FromSeconds(0.5)));
    }

    private static async Task<IWorkerGrain> RegisterAsync(SimulatedCluster cluster, string id)
    {
        var grain = cluster.Grains.GetGrain<IWorkerGrain>(id);
        await grain.RegisterAsync(new WorkerRegistration { Id = id, Name = id, DeviceKind = "cpu", Arithmetic = "a", Address = "http://x" }, "stream");
        return grain;
    }

    private static async Task<WorkerSummary[]> ListAsync(SimulatedCluster cluster)
        => [.. await cluster.Grains.GetGrain<IWorkerDirectoryGrain>(GrainNames.Single).ListAsync()];

    private static RunDescription Run(string id) => new() { Id = id, SpecYaml = "", SpecHash = "", DatasetHash = "", Dataset = new() { Name = "", Digest = "" } };
}
