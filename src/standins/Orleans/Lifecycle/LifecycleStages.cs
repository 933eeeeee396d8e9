namespace Orleans.Runtime;

/// <summary>Observers by stage. Those of one stage start together; a failed start stops what had started.</summary>
internal class LifecycleStages : ILifecycleObservable
{
    private readonly Lock _gate = new();
    private readonly List<Subscription> _subscriptions = [];
    private int _reached = int.MinValue;

    public int HighestCompletedStage { get; private set; } = int.MinValue;

    public int LowestStoppedStage { get; private set; } = int.MaxValue;

    public IDisposable Subscribe(string observerName, int stage, ILifecycleObserver observer)
    {
        ArgumentNullException.ThrowIfNull(observer);
        var subscription = new Subscription(this, stage, observer);
        lock (_gate)
        {
            _subscriptions.Add(subscription);
        }

        return subscription;
    }

    public async Task StartAsync(CancellationToken cancellationToken)
    {
        foreach (IGrouping<int, Subscription> stage in ByStage().OrderBy(static group => group.Key))
        {
            cancellationToken.ThrowIfCancellationRequested();
            _reached = stage.Key;
            await Task.WhenAll(stage.Select(subscription => subscription.Observer.OnStart(cancellationToken)));
            HighestCompletedStage = stage.Key;
        }
    }

    public async Task StopAsync(CancellationToken cancellationToken)
    {
        List<Exception> failures = [];
        foreach (IGrouping<int, Subscription> stage in ByStage().Where(group => group.Key <= _reached).OrderByDescending(static group => group.Key))
        {
            foreach (Subscription subscription in stage)
            {
                try
                {
                    await subscription.Observer.OnStop(cancellationToken);
                }
                catch (Exception exception)
                {
                    failures.Add(exception);
                }
            }

            LowestStoppedStage = stage.Key;
        }

        if (failures.Count > 0)
        {
            throw new AggregateException(failures);
        }
    }

    private IGrouping<int, Subscription>[] ByStage()
    {
        lock (_gate)
        {
            return [.. _subscriptions.GroupBy(static subscription => subscription.Stage)];
        }
    }

    private sealed class Subscription(LifecycleStages owner, int stage, ILifecycleObserver observer) : IDisposable
    {
        public int Stage => stage;

        public ILifecycleObserver Observer => observer;

        public void Dispose()
        {
            lock (owner._gate)
            {
                owner._subscriptions.Remove(this);
            }
        }
    }
}

internal sealed class GrainLifecycle : LifecycleStages, IGrainLifecycle;

internal sealed class SiloLifecycle : LifecycleStages, ISiloLifecycle;
