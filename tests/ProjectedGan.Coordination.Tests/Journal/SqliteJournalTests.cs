using ProjectedGan.Coordination.Tests.Simulation;

namespace ProjectedGan.Coordination.Tests.Journal;

public sealed class SqliteJournalTests : JournalContract
{
    internal override Task<SimulatedCluster> StartAsync(Func<CoordinationOptions, CoordinationOptions>? configure = null) => SimulatedCluster.StartAsync(configure);
}
