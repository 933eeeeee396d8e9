using System.Net;
using Microsoft.AspNetCore.Connections;
using Microsoft.Extensions.DependencyInjection;
using Orleans.Configuration;

namespace ProjectedGan.Coordinator.Clustering;

/// <summary>One silo by itself, or several that find each other in the database that they share. Neither opens a gateway: grains are called from silos alone.</summary>
public static class ClusteringSiloBuilderExtensions
{
    // Where all silos were killed at once, the next one waits until three of these are missing. How soon silos give each other up is left as it
    // is (three probes of 5 s): less, and a busy machine's living silos are taken for dead ones.
    private static readonly TimeSpan SignOfLife = TimeSpan.FromSeconds(5);
    private static readonly TimeSpan Refresh = TimeSpan.FromSeconds(2);

    /// <summary>The only silo: it listens on no port.</summary>
    public static ISiloBuilder UseSingleSilo(this ISiloBuilder builder) => Listen(builder.UseLocalhostClustering(gatewayPort: 0), new NoListener.Factory());

    /// <summary>Keeps the list of silos in the silo's database and tells the grains its time. The tables are made where they are missing.</summary>
    /// <param name="builder">The silo's.</param>
    /// <param name="address">Where the other silos reach this one.</param>
    /// <param name="listeners">Listens there.</param>
    public static ISiloBuilder UseDatabaseClustering(this ISiloBuilder builder, IPEndPoint address, IConnectionListenerFactory listeners)
    {
        builder.Services.AddSingleton<DatabaseClock>();
        builder.Services.AddSingleton<TimeProvider>(static services => services.GetRequiredService<DatabaseClock>());
        // Orleans compares what the list says with the machine's own time (SqlMembershipTable).
        builder.Services.AddKeyedSingleton(TimeProviderNames.Membership, TimeProvider.System);
        builder.Services.AddSingleton<IMembershipTable, SqlMembershipTable>();
        builder.Configure<EndpointOptions>(options =>
        {
            options.AdvertisedIPAddress = address.Address;
            options.SiloPort = address.Port;
            options.GatewayPort = 0;
        });
        Listen(builder, listeners);
        // The default one may hold two of a grain while silos that join have not heard of each other, and one of two directories of experiments
        // then misses what the other took. This one moves with the list's versions. It is official, but still marked as experimental.
#pragma warning disable ORLEANSEXP003
        builder.AddDistributedGrainDirectory();
#pragma warning restore ORLEANSEXP003
        return builder.Configure<ClusterMembershipOptions>(static options =>
        {
            options.IAmAliveTablePublishTimeout = SignOfLife;
            // Gossip carries times by the sender's clock: one that is minutes ahead would evict who has just begun to join. All learn from the list.
            options.UseLivenessGossip = false;
            options.TableRefreshTimeout = Refresh;
        });
    }

    // Orleans asks for its listeners by keys that it tells nobody.
    private static ISiloBuilder Listen(ISiloBuilder builder, IConnectionListenerFactory factory)
    {
        foreach (var listener in builder.Services.Where(service => service.IsKeyedService && service.ServiceType == typeof(IConnectionListenerFactory)).ToArray())
        {
            builder.Services.Remove(listener);
            builder.Services.AddKeyedSingleton(listener.ServiceKey, factory);
        }

        return builder;
    }
}

/// <summary>
/// The time as the database tells it, so that coordinators on machines whose clocks differ mean the same by a moment: a grain that moves finds its
/// leases, patience and versions where it left them. Between two looks at the database the time goes on with the machine's steady clock, which nobody
/// sets. Timers are the system's. Before the first look it is the system's time.
/// </summary>
public sealed class DatabaseClock : TimeProvider
{
    private Look? _last;

    public override DateTimeOffset GetUtcNow()
    {
        var last = Volatile.Read(ref _last);
        return last is null ? base.GetUtcNow() : last.Time + GetElapsedTime(last.Timestamp);
    }

    /// <summary>Takes over what the database answered to a question that was asked between two timestamps.</summary>
    internal void Learn(DateTimeOffset told, long asked, long answered) => Volatile.Write(ref _last, new Look(told, asked + ((answered - asked) / 2)));

    private sealed record Look(DateTimeOffset Time, long Timestamp);
}

/// <summary>A silo that has no peers listens nowhere: no port to clash, and no way to the grains past the API's tokens.</summary>
internal sealed class NoListener(EndPoint endpoint) : IConnectionListener
{
    private readonly TaskCompletionSource<ConnectionContext?> _end = new(TaskCreationOptions.RunContinuationsAsynchronously);

    public EndPoint EndPoint => endpoint;

    public ValueTask<ConnectionContext?> AcceptAsync(CancellationToken cancellationToken = default) => new(_end.Task.WaitAsync(cancellationToken));

    public ValueTask UnbindAsync(CancellationToken cancellationToken = default)
    {
        _end.TrySetResult(null);
        return ValueTask.CompletedTask;
    }

    public ValueTask DisposeAsync() => UnbindAsync();

    internal sealed class Factory : IConnectionListenerFactory
    {
        public ValueTask<IConnectionListener> BindAsync(EndPoint endpoint, CancellationToken cancellationToken = default) => new(new NoListener(endpoint));
    }
}
