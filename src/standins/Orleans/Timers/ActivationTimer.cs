using Microsoft.Extensions.Logging;

namespace Orleans.Runtime;

/// <summary>A grain's timer. A tick waits for its turn like a call unless the timer interleaves; the next is due a period after it ended.</summary>
internal abstract class ActivationTimer : IGrainTimer
{
    private readonly Lock _gate = new();
    private readonly GrainActivation _activation;
    private readonly GrainTimerCreationOptions _options;
    private readonly CancellationTokenSource _stopped = new();
    private readonly ITimer _timer;
    private TimeSpan _period;
    private bool _ticking;
    private bool _changed;
    private bool _disposed;

    protected ActivationTimer(GrainActivation activation, GrainTimerCreationOptions options)
    {
        _activation = activation;
        _options = options;
        using AsyncFlowControl? flow = ExecutionContext.IsFlowSuppressed() ? null : ExecutionContext.SuppressFlow();
        _timer = activation.Directory.Time.CreateTimer(static timer => ((ActivationTimer)timer!).OnDue(), this, Timeout.InfiniteTimeSpan, Timeout.InfiniteTimeSpan);
    }

    public void Change(TimeSpan dueTime, TimeSpan period)
    {
        ThrowUnlessTime(dueTime, nameof(dueTime));
        ThrowUnlessTime(period, nameof(period));
        lock (_gate)
        {
            ObjectDisposedException.ThrowIf(_disposed, this);
            _period = period;
            _changed = true;
            _timer.Change(dueTime, Timeout.InfiniteTimeSpan);
        }
    }

    public void Dispose()
    {
        lock (_gate)
        {
            if (_disposed)
            {
                return;
            }

            _disposed = true;
        }

        _timer.Dispose();
        _activation.RemoveTimer(this);
        _stopped.Cancel();
    }

    protected abstract Task CallAsync(CancellationToken cancellationToken);

    private static void ThrowUnlessTime(TimeSpan time, string name)
    {
        if (time < TimeSpan.Zero && time != Timeout.InfiniteTimeSpan)
        {
            throw new ArgumentOutOfRangeException(name, time, "A timer's times are not negative, or infinite.");
        }
    }

    private void OnDue()
    {
        lock (_gate)
        {
            if (_disposed || _ticking)
            {
                return;
            }

            _ticking = true;
            _changed = false;
        }

        _activation.Receive(new Tick(this));
    }

    private async Task RunAsync()
    {
        try
        {
            if (!_stopped.IsCancellationRequested)
            {
                await CallAsync(_stopped.Token);
            }
        }
        catch (Exception exception)
        {
            _activation.OnCallFailed(exception);
            if (exception is not OperationCanceledException || !_stopped.IsCancellationRequested)
            {
                ActivationTimerLog.TickFailed(_activation.Directory.Logger, _activation, exception);
            }
        }

        lock (_gate)
        {
            _ticking = false;
            // A change made meanwhile has set the next tick already.
            if (!_disposed && !_changed)
            {
                _timer.Change(_period, Timeout.InfiniteTimeSpan);
            }
        }
    }

    private sealed class Tick(ActivationTimer timer) : ActivationRequest
    {
        public override bool AlwaysInterleaves => timer._options.Interleave;

        public override bool KeepsAlive => timer._options.KeepAlive;

        public override bool IsAbandoned => timer._disposed;

        public override bool MovesOn => false;

        public override Task RunAsync(GrainActivation activation) => timer.RunAsync();

        public override void Reject(Exception exception)
        {
        }
    }
}

internal sealed class ActivationTimer<TState>(GrainActivation activation, Func<TState, CancellationToken, Task> callback, TState state, GrainTimerCreationOptions options)
    : ActivationTimer(activation, options)
{
    protected override Task CallAsync(CancellationToken cancellationToken) => callback(state, cancellationToken);
}

internal sealed class TimerRegistry : Timers.ITimerRegistry
{
    public IGrainTimer RegisterGrainTimer<TState>(IGrainContext grainContext, Func<TState, CancellationToken, Task> callback, TState state, GrainTimerCreationOptions options)
    {
        ArgumentNullException.ThrowIfNull(grainContext);
        ArgumentNullException.ThrowIfNull(callback);
        var activation = (GrainActivation)grainContext;
        var timer = new ActivationTimer<TState>(activation, callback, state, options);
        activation.AddTimer(timer);
        timer.Change(options.DueTime, options.Period);
        return timer;
    }
}

internal static partial class ActivationTimerLog
{
    [LoggerMessage(30, LogLevel.Error, "A timer of activation {Activation} failed; it goes on.")]
    public static partial void TickFailed(ILogger logger, GrainActivation activation, Exception exception);
}
