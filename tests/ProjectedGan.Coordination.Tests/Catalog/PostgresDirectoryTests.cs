using ProjectedGan.Coordination.Tests.Simulation;
using ProjectedGan.Coordination.Tests.Storage;

namespace ProjectedGan.Coordination.Tests.Catalog;

[Collection(PostgresCollection.Name)]
public sealed class PostgresDirectoryTests(PostgresServer server) : DirectoryContract
{
    internal override Task<SimulatedCluster> StartAsync() => SimulatedCluster.StartAsync(server);
}
