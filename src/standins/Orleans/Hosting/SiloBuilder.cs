using Microsoft.Extensions.Configuration;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.DependencyInjection.Extensions;
using Microsoft.Extensions.Hosting;
using Microsoft.Extensions.Logging;
using Microsoft.Extensions.Options;
using Orleans.Configuration;
using Orleans.Runtime;
using Orleans.Timers;

namespace Orleans.Hosting;

/// <summary>Registers the runtime's services, once for each collection of services.</summary>
internal sealed class SiloBuilder : ISiloBuilder
{
    public SiloBuilder(IServiceCollection services, IConfiguration configuration)
    {
        Services = services;
        Configuration = configuration;
        if (services.Any(static service => service.ServiceType == typeof(SiloService)))
        {
            return;
        }

        services.AddLogging();
        services.AddOptions();
        services.TryAddSingleton(TimeProvider.System);
        services.AddSingleton<GrainClassMap>();
        services.AddSingleton<ValueCopier>();
        services.AddSingleton<ObserverDirectory>();
        services.AddSingleton<ActivationDirectory>();
        services.AddSingleton<SiloLifecycle>();
        services.AddSingleton<ISiloLifecycle>(static provider => provider.GetRequiredService<SiloLifecycle>());
        services.AddSingleton(static provider => new GrainReferenceFactory(provider.GetRequiredService<CallSender>));
        services.AddSingleton(CreateSender);
        services.AddSingleton<GrainFactory>();
        services.AddSingleton<IGrainFactory>(static provider => provider.GetRequiredService<GrainFactory>());
        services.AddSingleton<IClusterClient>(static provider => provider.GetRequiredService<GrainFactory>());
        services.AddSingleton<ITimerRegistry, TimerRegistry>();
        services.AddSingleton<IGrainRuntime, GrainRuntime>();
        services.AddSingleton<IGrainContextAccessor, GrainContextAccessor>();
        services.TryAddSingleton<IPersistentStateFactory, PersistentStateFactory>();
        services.AddTransient(static _ => RuntimeContext.Current ?? throw new InvalidOperationException("There is no grain context outside of a grain's turn."));
        services.AddSingleton<SiloService>();
        services.AddSingleton<IHostedService>(static provider => provider.GetRequiredService<SiloService>());
    }

    public IServiceCollection Services { get; }

    public IConfiguration Configuration { get; }

    private static CallSender CreateSender(IServiceProvider services) => new(
        services.GetRequiredService<ActivationDirectory>(),
        services.GetRequiredService<ObserverDirectory>(),
        services.GetRequiredService<ValueCopier>(),
        new IncomingCalls([.. services.GetServices<IIncomingGrainCallFilter>()], services.GetService<ActivityPropagation>() is not null),
        [.. services.GetServices<IOutgoingGrainCallFilter>()],
        services.GetRequiredService<IOptions<SiloMessagingOptions>>().Value,
        services.GetKeyedService<TimeProvider>(TimeProviderNames.Messaging) ?? TimeProvider.System,
        services.GetRequiredService<ILogger<CallSender>>());
}

/// <summary>Registered when calls carry the caller's activity.</summary>
internal sealed class ActivityPropagation;
