namespace ProjectedGan.Coordinator.Tests.Simulation;

public class SimulatedClusterTests
{
    [Fact]
    public async Task Clock_ThatStandsJustBeforeATimersTime_HoldsUpNobody()
    {
        await using var cluster = await SimulatedCluster.StartAsync();
        var end = cluster.Time.GetUtcNow() + TimeSpan.FromMinutes(1);
        var moving = Task.Run(() =>
        {
            while (cluster.Time.GetUtcNow() < end)
            {
                cluster.Time.Advance(TimeSpan.FromMilliseconds(1));
            }
        });
        Assert.Same(moving, await Task.WhenAny(moving, Task.Delay(TimeSpan.FromMinutes(1))));
    }
}
