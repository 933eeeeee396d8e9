using Microsoft.Extensions.Hosting;
using Microsoft.Extensions.Logging;
using Microsoft.Extensions.Options;
using Orleans.Configuration;

namespace Orleans.Runtime;

/// <summary>Starts and stops the runtime with the host. Stages: storages, then grains can be called, then startup tasks and reminders.</summary>
internal sealed class SiloService(
    SiloLifecycle lifecycle,
    ActivationDirectory activations,
    IEnumerable<ILifecycleParticipant<ISiloLifecycle>> participants,
    IOptions<GrainCollectionOptions> collection,
    TimeProvider time,
    ILogger<SiloService> logger) : IHostedService
{
    private ITimer? _collector;

    public async Task StartAsync(CancellationToken cancellationToken)
    {
        lifecycle.Subscribe(nameof(SiloService), ServiceLifecycleStage.RuntimeGrainServices, _ => Open(), CloseAsync);
        foreach (ILifecycleParticipant<ISiloLifecycle> participant in participants)
        {
            participant.Participate(lifecycle);
        }

        try
        {
            await lifecycle.StartAsync(cancellationToken).ConfigureAwait(false);
        }
        catch (Exception)
        {
            await StopAsync(CancellationToken.None).ConfigureAwait(false);
            throw;
        }
    }

    public async Task StopAsync(CancellationToken cancellationToken)
    {
        try
        {
            await lifecycle.StopAsync(cancellationToken).ConfigureAwait(false);
        }
        catch (AggregateException exception)
        {
            SiloServiceLog.StopFailed(logger, exception);
        }
    }

    private Task Open()
    {
        activations.Open();
        TimeSpan quantum = collection.Value.CollectionQuantum;
        _collector = time.CreateTimer(_ => activations.CollectIdle(), null, quantum, quantum);
        return Task.CompletedTask;
    }

    private async Task CloseAsync(CancellationToken cancellationToken)
    {
        if (_collector is not null)
        {
            await _collector.DisposeAsync().ConfigureAwait(false);
        }

        await activations.CloseAsync(cancellationToken).ConfigureAwait(false);
    }
}

internal static partial class SiloServiceLog
{
    [LoggerMessage(40, LogLevel.Error, "The silo did not stop in order.")]
    public static partial void StopFailed(ILogger logger, Exception exception);
}
