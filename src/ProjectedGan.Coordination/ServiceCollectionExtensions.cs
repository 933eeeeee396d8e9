using System.Data.Common;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.DependencyInjection.Extensions;
using ProjectedGan.Coordination.Catalog;
using ProjectedGan.Coordination.Journal;

namespace ProjectedGan.Coordination;

/// <summary>What the grains need of their host, beside the grain storage of the name <see cref="GrainNames.Storage"/>.</summary>
public static class ServiceCollectionExtensions
{
    /// <summary>Adds the options, the journal and the index of experiments. An <see cref="ICoordinationObserver"/> that is registered before is kept.</summary>
    /// <param name="services">The silo's services.</param>
    /// <param name="options">Times and limits.</param>
    /// <param name="database">
    /// The database of journal and index, SQLite or PostgreSQL, usually the grain storage's own. The tables are made on first use.
    /// </param>
    public static IServiceCollection AddCoordination(this IServiceCollection services, CoordinationOptions options, Func<IServiceProvider, DbDataSource> database)
    {
        services.AddSingleton(options);
        services.TryAddSingleton(TimeProvider.System);
        services.TryAddSingleton<ICoordinationObserver, SilentObserver>();
        services.AddSingleton(provider => new CoordinationDatabase(database(provider)));
        services.AddSingleton<IExperimentJournal, SqlExperimentJournal>();
        services.AddSingleton<IExperimentIndex, SqlExperimentIndex>();
        return services;
    }
}
