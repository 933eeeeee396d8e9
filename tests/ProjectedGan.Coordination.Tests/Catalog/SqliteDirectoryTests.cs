using ProjectedGan.Coordination.Tests.Simulation;

namespace ProjectedGan.Coordination.Tests.Catalog;

public sealed class SqliteDirectoryTests : DirectoryContract
{
    internal override Task<SimulatedCluster> StartAsync() => SimulatedCluster.StartAsync();
}
