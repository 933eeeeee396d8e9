using ProjectedGan.Coordination.Tests.Simulation;
using ProjectedGan.Coordination.Tests.Storage;

namespace ProjectedGan.Coordination.Tests.Journal;

[Collection(PostgresCollection.Name)]
public sealed class PostgresJournalTests(PostgresServer server) : JournalContract
{
    internal override Task<SimulatedCluster> StartAsync(Func<CoordinationOptions, CoordinationOptions>? configure = null) => SimulatedCluster.StartAsync(server, configure);
}
