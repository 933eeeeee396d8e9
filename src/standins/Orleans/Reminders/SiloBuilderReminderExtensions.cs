using Microsoft.Extensions.DependencyInjection;
using Orleans.Runtime;
using Orleans.Timers;

namespace Orleans.Hosting;

public static class SiloBuilderReminderExtensions
{
    /// <summary>Adds reminders; their <see cref="IReminderTable"/> is registered apart.</summary>
    public static ISiloBuilder AddReminders(this ISiloBuilder builder) => builder.ConfigureServices(static services => services.AddReminders());

    public static void AddReminders(this IServiceCollection services)
    {
        if (services.All(static service => service.ServiceType != typeof(ReminderService)))
        {
            services.AddSingleton<ReminderService>();
            services.AddSingleton<IReminderRegistry>(static provider => provider.GetRequiredService<ReminderService>());
            services.AddSingleton<ILifecycleParticipant<ISiloLifecycle>>(static provider => provider.GetRequiredService<ReminderService>());
        }
    }
}

public static class SiloBuilderReminderMemoryExtensions
{
    /// <summary>Reminders that live as long as the process.</summary>
    public static ISiloBuilder UseInMemoryReminderService(this ISiloBuilder builder)
    {
        builder.AddReminders();
        builder.Services.AddSingleton<IReminderTable, ProcessMemoryReminderTable>();
        return builder;
    }
}
