using ProjectedGan.Coordinator.Tests.Simulation;
using ProjectedGan.Coordinator.Tests.Storage;

namespace ProjectedGan.Coordinator.Tests.Catalog;

[Collection(PostgresCollection.Name)]
[Trait("Speed", "Slow")]
public sealed class PostgresDirectoryTests(PostgresServer server) : DirectoryContract
{
    internal override Task<SimulatedCluster> StartAsync() => SimulatedCluster.StartAsync(server);
}
