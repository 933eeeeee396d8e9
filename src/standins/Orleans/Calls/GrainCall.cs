using System.Diagnostics;

namespace Orleans.Runtime;

/// <summary>One call from one caller to one grain.</summary>
internal sealed class GrainCall(CallSender sender, GrainMethod method, object?[] arguments, GrainId target, GrainId? source) : ActivationRequest
{
    private readonly TaskCompletionSource<object?> _completion = new(TaskCreationOptions.RunContinuationsAsynchronously);
    private readonly CancellationTokenSource? _cancellation = method.CancellationIndex < 0 ? null : new CancellationTokenSource();
    private CancellationTokenRegistration _registration;
    private ITimer? _timeout;

    public GrainMethod Method => method;

    public GrainId Target => target;

    public GrainId? Source => source;

    public object?[] Arguments => arguments;

    public RequestContext.ContextValues Context { get; } = RequestContext.Current;

    public ActivityContext? ParentActivity { get; } = Activity.Current?.Context;

    public Task<object?> Completion => _completion.Task;

    public override bool AlwaysInterleaves => method.AlwaysInterleaves;

    public override bool IsReadOnly => method.IsReadOnly;

    public override Guid ReentrancyId => Context.ReentrancyId;

    public override bool IsAbandoned => _completion.Task.IsCompleted && !method.IsOneWay;

    public override bool MovesOn => !IsAbandoned;

    /// <summary>Starts the clock and listens to the caller's token. The grain gets a token of its own.</summary>
    public void Watch(TimeProvider time, TimeSpan timeout, Configuration.MessagingOptions options)
    {
        if (_cancellation is not null)
        {
            var token = (CancellationToken)arguments[method.CancellationIndex]!;
            arguments[method.CancellationIndex] = _cancellation.Token;
            _registration = token.UnsafeRegister(
                static (state, fired) =>
                {
                    (GrainCall call, bool wait) = ((GrainCall, bool))state!;
                    call.CancelGrain();
                    if (!wait)
                    {
                        call.End(static (completion, fired) => completion.TrySetCanceled(fired), fired);
                    }
                },
                (this, options.WaitForCancellationAcknowledgement));
        }

        if (!method.IsOneWay && timeout != Timeout.InfiniteTimeSpan && !_completion.Task.IsCompleted)
        {
            bool cancels = options.CancelRequestOnTimeout;
            _timeout = time.CreateTimer(_ => TimeOut(timeout, cancels), null, timeout, Timeout.InfiniteTimeSpan);
            if (_completion.Task.IsCompleted)
            {
                _timeout.Dispose();
            }
        }
    }

    public override async Task RunAsync(GrainActivation activation)
    {
        RequestContext.Current = Context;
        try
        {
            object? result = await sender.Incoming.InvokeAsync(this, activation);
            object? copy = method.ResultPassedAsIs ? result : sender.Copier.Copy(result);
            End(static (completion, value) => completion.TrySetResult(value), copy);
        }
        catch (Exception exception)
        {
            activation.OnCallFailed(exception);
            Reject(exception);
        }
    }

    /// <summary>Runs on an object that is no grain.</summary>
    public async Task RunAsync(object observer)
    {
        try
        {
            object? result = await method.InvokeAsync(observer, arguments);
            End(static (completion, value) => completion.TrySetResult(value), sender.Copier.Copy(result));
        }
        catch (Exception exception)
        {
            Reject(exception);
        }
    }

    public override void Reject(Exception exception)
    {
        if (method.IsOneWay)
        {
            sender.OneWayFailed(this, exception);
        }

        End(static (completion, error) => completion.TrySetException(error), exception);
    }

    public override string ToString() => $"{source?.ToString() ?? "client"} -> {target} {method}";

    private void TimeOut(TimeSpan timeout, bool cancels)
    {
        if (cancels)
        {
            CancelGrain();
        }

        End(static (completion, error) => completion.TrySetException(error), new TimeoutException($"Response did not arrive on time in {timeout} for message: {this}."));
    }

    private void CancelGrain()
    {
        if (_cancellation is not null)
        {
            // Handlers of the grain's code must not run on, or throw at, the one who cancels.
            ThreadPool.UnsafeQueueUserWorkItem(static source => source.CancelAsync(), _cancellation, preferLocal: false);
        }
    }

    private void End<T>(Func<TaskCompletionSource<object?>, T, bool> end, T value)
    {
        end(_completion, value);
        _timeout?.Dispose();
        _registration.Unregister();
        // Somebody may never await a one-way or timed-out call.
        _ = _completion.Task.Exception;
    }
}
