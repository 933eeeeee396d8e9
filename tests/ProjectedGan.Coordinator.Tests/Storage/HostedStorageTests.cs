using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Hosting;
using Microsoft.Extensions.Logging;
using ProjectedGan.Coordinator.Clustering;
using ProjectedGan.Coordinator.Contracts;
using ProjectedGan.Coordinator.Storage;

namespace ProjectedGan.Coordinator.Tests.Storage;

public interface ICountingGrain : IGrainWithStringKey
{
    Task<long> NextAsync();
}

public sealed class CountingGrain([PersistentState("counter", GrainNames.Storage)] IPersistentState<Counter> counter) : Grain, ICountingGrain
{
    public async Task<long> NextAsync()
    {
        counter.State = new Counter { Value = counter.State.Value + 1 };
        await counter.WriteStateAsync();
        return counter.State.Value;
    }
}

/// <summary>Storage as the coordinator hosts it.</summary>
public sealed class HostedStorageTests : IDisposable
{
    private readonly string _folder = Directory.CreateTempSubdirectory("pgan-hosted-").FullName;

    public void Dispose() => Directory.Delete(_folder, recursive: true);

    [Fact]
    public async Task Silo_Restarts_StatesAreThere()
    {
        Assert.Equal((1L, 2L), await RunAsync());
        Assert.Equal((3L, 4L), await RunAsync());
    }

    [Fact]
    public async Task Silo_DatabaseDamaged_DoesNotStartAndSaysWhy()
    {
        await File.WriteAllTextAsync(Path.Combine(_folder, "coordinator.db"), new string('x', 9000));

        using var host = Build();
        var thrown = await Assert.ThrowsAsync<GrainStorageException>(() => host.StartAsync());

        Assert.Equal(StorageFailures.Corrupt, thrown.Reason);
        // Nothing has begun that nobody would stop.
        Assert.True(host.Services.GetRequiredService<ISiloLifecycle>().HighestCompletedStage < ServiceLifecycleStage.RuntimeInitialize);
    }

    private IHost Build()
    {
        var builder = Host.CreateEmptyApplicationBuilder(new HostApplicationBuilderSettings());
        builder.Logging.SetMinimumLevel(LogLevel.None);
        builder.UseOrleans(silo => silo.UseSingleSilo().AddSqliteStorage(GrainNames.Storage, new SqliteStorageOptions { Path = Path.Combine(_folder, "coordinator.db") }));
        return builder.Build();
    }

    private async Task<(long First, long Second)> RunAsync()
    {
        using var host = Build();
        await host.StartAsync();
        var grain = host.Services.GetRequiredService<IGrainFactory>().GetGrain<ICountingGrain>("one");
        var seen = (await grain.NextAsync(), await grain.NextAsync());
        await host.StopAsync();
        await ((IAsyncDisposable)host).DisposeAsync();
        return seen;
    }
}
