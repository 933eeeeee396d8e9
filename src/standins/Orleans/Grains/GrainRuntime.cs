using System.Reflection;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Options;
using Orleans.Configuration;
using Orleans.Core;
using Orleans.Providers;
using Orleans.Timers;

namespace Orleans.Runtime;

internal sealed class GrainRuntime(IServiceProvider services, IGrainFactory grains, ITimerRegistry timers, TimeProvider time, IOptions<SiloOptions> silo) : IGrainRuntime
{
    public string SiloIdentity => silo.Value.SiloName;

    public IGrainFactory GrainFactory => grains;

    public ITimerRegistry TimerRegistry => timers;

    public IServiceProvider ServiceProvider => services;

    public TimeProvider TimeProvider => time;

    public void DeactivateOnIdle(IGrainContext grainContext)
        => grainContext.Deactivate(new DeactivationReason(DeactivationReasonCode.ApplicationRequested, "The grain asked for it."));

    public void DelayDeactivation(IGrainContext grainContext, TimeSpan timeSpan) => ((GrainActivation)grainContext).DelayDeactivation(timeSpan);

    public IStorage<TGrainState> GetStorage<TGrainState>(IGrainContext grainContext)
    {
        string? storage = ((GrainActivation)grainContext).Class.Class.GetCustomAttribute<StorageProviderAttribute>()?.ProviderName;
        return services.GetRequiredService<IPersistentStateFactory>().Create<TGrainState>(grainContext, new PersistentStateAttribute("state", storage));
    }
}
