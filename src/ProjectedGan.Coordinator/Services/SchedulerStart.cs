using Microsoft.Extensions.Hosting;
using Microsoft.Extensions.Logging;
using ProjectedGan.Coordinator.Contracts;
using ProjectedGan.Hosting.Serving;

namespace ProjectedGan.Coordinator.Services;

/// <summary>Wakes what was under way when the coordinator last stopped; until that has succeeded the node does not count as serving.</summary>
internal sealed partial class SchedulerStart(IGrainFactory grains, NodeHealth health, IHostApplicationLifetime lifetime, TimeProvider time, ILogger<SchedulerStart> logger)
    : BackgroundService
{
    private static readonly TimeSpan Pause = TimeSpan.FromSeconds(1);

    /// <summary>Ends when everything is awake; faulted or cancelled when the node stops before.</summary>
    public Task Awake => _awake.Task;

    private readonly TaskCompletionSource _awake = new(TaskCreationOptions.RunContinuationsAsynchronously);

    protected override async Task ExecuteAsync(CancellationToken stoppingToken)
    {
        // The silo is a hosted service as well; it runs when the application has started.
        TaskCompletionSource started = new(TaskCreationOptions.RunContinuationsAsynchronously);
        using var registration = lifetime.ApplicationStarted.Register(started.SetResult);
        await started.Task.WaitAsync(stoppingToken);
        while (true)
        {
            try
            {
                await grains.GetGrain<ISchedulerGrain>(GrainNames.Single).StartAsync();
                health.IsServing = true;
                _awake.TrySetResult();
                return;
            }
            catch (Exception error) when (error is not OperationCanceledException)
            {
                LogFailed(logger, error);
                await Task.Delay(Pause, time, stoppingToken);
            }
        }
    }

    public override Task StopAsync(CancellationToken cancellationToken)
    {
        health.IsServing = false;
        _awake.TrySetCanceled(cancellationToken);
        return base.StopAsync(cancellationToken);
    }

    [LoggerMessage(135, LogLevel.Error, "Experiments could not be woken; trying again")]
    private static partial void LogFailed(ILogger logger, Exception exception);
}
