using System.Collections.Concurrent;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Logging;
using Orleans.Core.Internal;

namespace Orleans.Runtime;

/// <summary>
/// One activation: its instance, its turns, and the requests that wait for them. Phases: 1 created, 2 activating (states are read,
/// OnActivateAsync runs), 3 valid, 4 deactivating (running requests end, OnDeactivateAsync runs), 5 gone. Requests that still wait
/// in phase 4 go to the grain's next activation, which starts only after this one is gone.
/// </summary>
internal sealed class GrainActivation : IGrainContext, ICallChainReentrantGrainContext, IDisposable
{
    private readonly Lock _gate = new();
    private readonly ActivationDirectory _directory;
    private readonly GrainClass _class;
    private readonly ActivationScheduler _scheduler;
    private readonly RequestQueue _requests;
    private readonly TaskCompletionSource _deactivated = new(TaskCreationOptions.RunContinuationsAsynchronously);
    private readonly GrainLifecycle _lifecycle = new();
    private readonly List<ActivationTimer> _timers = [];
    private AsyncServiceScope _scope;
    private Dictionary<Type, object>? _components;
    private GrainReference? _reference;
    private Phase _phase = Phase.Created;
    private DeactivationReason _reason;
    private CancellationToken _deactivationToken;
    private long _lastUsed;
    private DateTimeOffset _keepAliveUntil = DateTimeOffset.MinValue;

    public GrainActivation(ActivationDirectory directory, GrainId grainId, GrainClass grainClass)
    {
        _directory = directory;
        _class = grainClass;
        _requests = new RequestQueue(grainClass.IsReentrant);
        _scheduler = new ActivationScheduler(this);
        _lastUsed = directory.Time.GetTimestamp();
        GrainId = grainId;
    }

    private enum Phase
    {
        Created,
        Activating,
        Valid,
        Deactivating,
        Finishing,
        Gone,
    }

    public GrainId GrainId { get; }

    public ActivationId ActivationId { get; } = ActivationId.NewId();

    public object? GrainInstance { get; private set; }

    public IServiceProvider ActivationServices => _scope.ServiceProvider;

    public IGrainLifecycle ObservableLifecycle => _lifecycle;

    public Task Deactivated => _deactivated.Task;

    public GrainClass Class => _class;

    public ActivationDirectory Directory => _directory;

    public GrainReference GrainReference => _reference ??= _directory.References.Create(typeof(IGrain), GrainId);

    public object? GetTarget() => GrainInstance;

    public object? GetComponent(Type componentType)
        => componentType.IsInstanceOfType(GrainInstance) ? GrainInstance : _components?.GetValueOrDefault(componentType);

    public void SetComponent<TComponent>(TComponent? value)
        where TComponent : class
    {
        _components ??= [];
        if (value is null)
        {
            _components.Remove(typeof(TComponent));
        }
        else
        {
            _components[typeof(TComponent)] = value;
        }
    }

    public bool Equals(IGrainContext? other) => ReferenceEquals(this, other);

    public override bool Equals(object? obj) => ReferenceEquals(this, obj);

    public override int GetHashCode() => System.Runtime.CompilerServices.RuntimeHelpers.GetHashCode(this);

    public override string ToString() => $"{GrainId}{ActivationId}";

    public void Dispose() => _timers.ForEach(static timer => timer.Dispose());

    /// <summary>Takes a request; false when the activation is gone and the directory has to find another.</summary>
    public bool Receive(ActivationRequest request)
    {
        bool starts = false;
        lock (_gate)
        {
            if (_phase == Phase.Gone)
            {
                return false;
            }

            _requests.Add(request);
            if (_phase == Phase.Created)
            {
                _phase = Phase.Activating;
                starts = true;
            }

            Pump();
        }

        if (starts)
        {
            Schedule(static activation => activation.ActivateAsync(), this);
        }

        return true;
    }

    public void Deactivate(DeactivationReason deactivationReason, CancellationToken cancellationToken = default)
    {
        lock (_gate)
        {
            if (_phase is Phase.Created or Phase.Activating or Phase.Valid)
            {
                // An activation that is not ready yet ends as soon as it is.
                _reason = _reason.ReasonCode == DeactivationReasonCode.None ? deactivationReason : _reason;
                _deactivationToken = cancellationToken;
                if (_phase == Phase.Valid)
                {
                    _phase = Phase.Deactivating;
                    FinishWhenQuiet();
                }
            }
        }
    }

    public void DelayDeactivation(TimeSpan time)
    {
        lock (_gate)
        {
            DateTimeOffset now = _directory.Time.GetUtcNow();
            _keepAliveUntil = time <= TimeSpan.Zero ? DateTimeOffset.MinValue
                : time > DateTimeOffset.MaxValue - now ? DateTimeOffset.MaxValue : now + time;
        }
    }

    public bool IsIdle(TimeSpan limit)
    {
        lock (_gate)
        {
            return _phase == Phase.Valid && _requests.IsEmpty && _keepAliveUntil <= _directory.Time.GetUtcNow()
                && _directory.Time.GetElapsedTime(_lastUsed) >= limit;
        }
    }

    public void AddTimer(ActivationTimer timer)
    {
        lock (_gate)
        {
            _timers.Add(timer);
        }
    }

    public void RemoveTimer(ActivationTimer timer)
    {
        lock (_gate)
        {
            _timers.Remove(timer);
        }
    }

    /// <summary>Starts a turn of this activation. Nothing of the starter's ambient state flows into it.</summary>
    public void Schedule<TState>(Func<TState, Task> turn, TState state)
    {
        using AsyncFlowControl? flow = ExecutionContext.IsFlowSuppressed() ? null : ExecutionContext.SuppressFlow();
        Task.Factory.StartNew(() => turn(state), CancellationToken.None, TaskCreationOptions.DenyChildAttach, _scheduler);
    }

    /// <summary>A state was changed behind the activation's back: it ends, and the next one reads it anew.</summary>
    public void OnCallFailed(Exception exception)
    {
        if (exception is Storage.InconsistentStateException { IsSourceActivation: true } inconsistent)
        {
            inconsistent.IsSourceActivation = false;
            Deactivate(new DeactivationReason(DeactivationReasonCode.ApplicationError, exception, "The grain's state in storage is not the one that this activation read."));
        }
    }

    void ICallChainReentrantGrainContext.OnEnterReentrantSection(Guid reentrancyId)
    {
        lock (_gate)
        {
            _requests.Allow(reentrancyId);
            Pump();
        }
    }

    void ICallChainReentrantGrainContext.OnExitReentrantSection(Guid reentrancyId)
    {
        lock (_gate)
        {
            _requests.Disallow(reentrancyId);
        }
    }

    private void Pump()
    {
        if (_phase == Phase.Valid)
        {
            while (_requests.TryStart(out ActivationRequest? request))
            {
                Schedule(static start => start.Activation.RunAsync(start.Request), (Activation: this, Request: request));
            }
        }
    }

    private async Task RunAsync(ActivationRequest request)
    {
        await request.RunAsync(this);
        lock (_gate)
        {
            _requests.End(request);
            if (request.KeepsAlive)
            {
                _lastUsed = _directory.Time.GetTimestamp();
            }

            Pump();
            FinishWhenQuiet();
        }
    }

    private void FinishWhenQuiet()
    {
        if (_phase == Phase.Deactivating && _requests.NoneRuns)
        {
            _phase = Phase.Finishing;
            Schedule(static activation => activation.FinishAsync(), this);
        }
    }

    private async Task ActivateAsync()
    {
        using var limit = new CancellationTokenSource(_directory.Collection.ActivationTimeout);
        try
        {
            _scope = _directory.Services.CreateAsyncScope();
            GrainInstance = _class.CreateInstance(this);
            if (GrainInstance is ILifecycleParticipant<IGrainLifecycle> participant)
            {
                participant.Participate(_lifecycle);
            }

            _lifecycle.Subscribe(nameof(GrainActivation), GrainLifecycleStage.Activate, token => ((IGrainBase)GrainInstance).OnActivateAsync(token));
            await _lifecycle.StartAsync(limit.Token).WaitAsync(limit.Token);
        }
        catch (Exception exception)
        {
            await FailAsync(limit.IsCancellationRequested && exception is OperationCanceledException
                ? new TimeoutException($"Grain {GrainId} was not activated within {_directory.Collection.ActivationTimeout}.", exception)
                : exception);
            return;
        }

        lock (_gate)
        {
            _phase = _reason.ReasonCode == DeactivationReasonCode.None ? Phase.Valid : Phase.Deactivating;
            Pump();
            FinishWhenQuiet();
        }
    }

    private async Task FailAsync(Exception exception)
    {
        GrainActivationLog.ActivationFailed(_directory.Logger, this, exception);
        ActivationRequest[] waiting = await LeaveAsync();
        foreach (ActivationRequest request in waiting)
        {
            request.Reject(exception);
        }
    }

    private async Task FinishAsync()
    {
        StopTimers();
        using var limit = CancellationTokenSource.CreateLinkedTokenSource(_deactivationToken);
        limit.CancelAfter(_directory.Collection.DeactivationTimeout);
        try
        {
            await ((IGrainBase)GrainInstance!).OnDeactivateAsync(_reason, limit.Token).WaitAsync(limit.Token);
            await _lifecycle.StopAsync(limit.Token).WaitAsync(limit.Token);
        }
        catch (Exception exception)
        {
            GrainActivationLog.DeactivationFailed(_directory.Logger, this, exception);
        }

        foreach (ActivationRequest request in await LeaveAsync())
        {
            if (request.MovesOn)
            {
                _directory.Receive((GrainCall)request);
            }
        }
    }

    private async Task<ActivationRequest[]> LeaveAsync()
    {
        StopTimers();
        try
        {
            if (GrainInstance is IAsyncDisposable asynchronous)
            {
                await asynchronous.DisposeAsync();
            }
            else if (GrainInstance is IDisposable disposable)
            {
                disposable.Dispose();
            }

            await _scope.DisposeAsync();
        }
        catch (Exception exception)
        {
            GrainActivationLog.DeactivationFailed(_directory.Logger, this, exception);
        }

        _directory.Remove(this);
        ActivationRequest[] waiting;
        lock (_gate)
        {
            _phase = Phase.Gone;
            waiting = _requests.TakeWaiting();
        }

        _deactivated.TrySetResult();
        return waiting;
    }

    private void StopTimers()
    {
        ActivationTimer[] timers;
        lock (_gate)
        {
            timers = [.. _timers];
        }

        Array.ForEach(timers, static timer => timer.Dispose());
    }
}

internal static partial class GrainActivationLog
{
    [LoggerMessage(10, LogLevel.Error, "Activation {Activation} failed to activate.")]
    public static partial void ActivationFailed(ILogger logger, GrainActivation activation, Exception exception);

    [LoggerMessage(11, LogLevel.Error, "Activation {Activation} failed to deactivate in order.")]
    public static partial void DeactivationFailed(ILogger logger, GrainActivation activation, Exception exception);
}
