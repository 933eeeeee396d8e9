using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.DependencyInjection.Extensions;
using ProjectedGan.Coordinator.Catalog;
using ProjectedGan.Coordinator.Contracts;
using ProjectedGan.Coordinator.Journal;

namespace ProjectedGan.Coordinator.Startup;

/// <summary>What the grains need of their host, beside the database of the name <see cref="GrainNames.Storage"/> (see Storage/).</summary>
public static class ServiceCollectionExtensions
{
    /// <summary>
    /// Adds the options, the journal and the index of experiments. An <see cref="ICoordinationObserver"/>, <see cref="IHeldArtifacts"/> and a
    /// <see cref="TimeProvider"/> that are registered before are kept. Once the silo runs the host calls <see cref="ISchedulerGrain.StartAsync"/>.
    /// </summary>
    public static IServiceCollection AddCoordination(this IServiceCollection services, CoordinationOptions options)
    {
        services.AddSingleton(options);
        services.TryAddSingleton(TimeProvider.System);
        services.TryAddSingleton<ICoordinationObserver, SilentObserver>();
        services.TryAddSingleton<IHeldArtifacts, AllArtifacts>();
        services.AddSingleton<SqlExperimentJournal>();
        services.AddSingleton<IExperimentJournal>(provider => provider.GetRequiredService<SqlExperimentJournal>());
        services.AddSingleton<ILifecycleParticipant<ISiloLifecycle>>(provider => provider.GetRequiredService<SqlExperimentJournal>());
        services.AddSingleton<ReferencedArtifacts>();
        services.AddSingleton<SqlExperimentIndex>();
        services.AddSingleton<IExperimentIndex>(provider => provider.GetRequiredService<SqlExperimentIndex>());
        services.AddSingleton<ILifecycleParticipant<ISiloLifecycle>>(provider => provider.GetRequiredService<SqlExperimentIndex>());
        return services;
    }
}
