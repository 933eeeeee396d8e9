using ProjectedGan.Coordinator.Contracts;
using ProjectedGan.Coordinator.Tests.Simulation;
using ProjectedGan.Coordinator.Tests.Storage;

namespace ProjectedGan.Coordinator.Tests.Journal;

[Collection(PostgresCollection.Name)]
[Trait("Speed", "Slow")]
public sealed class PostgresJournalTests(PostgresServer server) : JournalContract
{
    internal override Task<SimulatedCluster> StartAsync(Func<CoordinationOptions, CoordinationOptions>? configure = null) => SimulatedCluster.StartAsync(server, configure);
}
