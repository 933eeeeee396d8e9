using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.DependencyInjection.Extensions;
using Orleans.Runtime.Hosting;
using ProjectedGan.Coordinator.Contracts;

namespace ProjectedGan.Coordinator.Storage;

/// <summary>Gives a silo its database: grain storage by name, and <see cref="SqlDatabase"/> for what else is kept there.</summary>
public static class StorageSiloBuilderExtensions
{
    /// <exception cref="CoordinationException">The options are not usable; all problems are in the message.</exception>
    public static ISiloBuilder AddSqliteStorage(this ISiloBuilder builder, string name, SqliteStorageOptions options)
    {
        ThrowIfAny(options.Problems());
        return AddDatabase(builder, name, services => new SqliteDatabase(options, services.GetRequiredService<StorageInstruments>()));
    }

    /// <exception cref="CoordinationException">The options are not usable; all problems are in the message.</exception>
    public static ISiloBuilder AddPostgresStorage(this ISiloBuilder builder, string name, PostgresStorageOptions options)
    {
        ThrowIfAny(options.Problems());
        return AddDatabase(builder, name, services => new PostgresDatabase(options, services.GetRequiredService<StorageInstruments>()));
    }

    private static ISiloBuilder AddDatabase(ISiloBuilder builder, string name, Func<IServiceProvider, SqlDatabase> open)
    {
        var services = builder.Services;
        services.AddMetrics();
        services.TryAddSingleton(TimeProvider.System);
        services.TryAddSingleton<StorageInstruments>();
        services.AddSingleton(open);
        services.AddGrainStorage(name, static (provider, _) => new SqlGrainStorage(provider.GetRequiredService<SqlDatabase>(), provider.GetRequiredService<TimeProvider>()));
        return builder;
    }

    private static void ThrowIfAny(IReadOnlyList<string> problems)
    {
        if (problems.Count > 0)
        {
            throw new CoordinationException(string.Join(' ', problems));
        }
    }
}
