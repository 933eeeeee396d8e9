using System.Collections.Concurrent;

namespace Orleans.Runtime;

/// <summary>Objects that grains can call. They are held weakly: who made the reference keeps the object alive.</summary>
internal sealed class ObserverDirectory
{
    private static readonly GrainType Type = GrainType.Create("sys.observer");

    private readonly ConcurrentDictionary<GrainId, Target> _targets = new();

    public static bool Owns(GrainId grainId) => grainId.Type == Type;

    public GrainId Add(IGrainObserver observer)
    {
        ArgumentNullException.ThrowIfNull(observer);
        if (observer is GrainReference or IGrainBase)
        {
            throw new ArgumentException("An observer is an object of its own, neither a grain nor a reference.", nameof(observer));
        }

        GrainId id = GrainId.Create(Type, GrainIdKeyExtensions.CreateGuidKey(Guid.NewGuid()));
        _targets[id] = new Target(observer);
        return id;
    }

    public void Remove(GrainId id) => _targets.TryRemove(id, out _);

    public void Receive(GrainCall call)
    {
        if (_targets.TryGetValue(call.Target, out Target? target))
        {
            target.Receive(call);
        }
        else
        {
            call.Reject(new OrleansMessageRejectionException($"Observer {call.Target} is no longer there."));
        }
    }

    /// <summary>Calls of one observer run one after another, in the order in which they came.</summary>
    private sealed class Target(IGrainObserver observer)
    {
        private readonly WeakReference<IGrainObserver> _observer = new(observer);
        private readonly Lock _gate = new();
        private Task _last = Task.CompletedTask;

        public void Receive(GrainCall call)
        {
            lock (_gate)
            {
                using AsyncFlowControl? flow = ExecutionContext.IsFlowSuppressed() ? null : ExecutionContext.SuppressFlow();
                Task before = _last;
                _last = Task.Run(() => RunAfterAsync(before, call));
            }
        }

        private async Task RunAfterAsync(Task before, GrainCall call)
        {
            await before;
            if (_observer.TryGetTarget(out IGrainObserver? target))
            {
                await call.RunAsync(target);
            }
            else
            {
                call.Reject(new OrleansMessageRejectionException($"Observer {call.Target} is no longer there."));
            }
        }
    }
}
