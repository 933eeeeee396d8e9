using ProjectedGan.Coordinator.Tests.Simulation;

namespace ProjectedGan.Coordinator.Tests.Catalog;

public sealed class SqliteDirectoryTests : DirectoryContract
{
    internal override Task<SimulatedCluster> StartAsync() => SimulatedCluster.StartAsync();
}
