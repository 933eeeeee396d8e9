using ProjectedGan.Coordinator.Contracts;
using ProjectedGan.Coordinator.Tests.Simulation;

namespace ProjectedGan.Coordinator.Tests.Journal;

public sealed class SqliteJournalTests : JournalContract
{
    internal override Task<SimulatedCluster> StartAsync(Func<CoordinationOptions, CoordinationOptions>? configure = null) => SimulatedCluster.StartAsync(configure);
}
