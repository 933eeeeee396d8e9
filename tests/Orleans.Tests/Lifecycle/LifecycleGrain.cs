using System.Collections.Concurrent;

namespace Orleans.Tests.Lifecycle;

public interface ILifecycleGrain : IGrainWithStringKey
{
    Task<Guid> ActivationAsync();

    Task DelayAsync(TimeSpan time);

    Task FailAsync();
}

public interface IKeptGrain : ILifecycleGrain;

/// <summary>Records its beginnings and ends by key.</summary>
public abstract class LifecycleGrainBase : Grain, ILifecycleGrain
{
    public static readonly ConcurrentQueue<(string Key, string What)> Events = new();

    private static readonly ConcurrentDictionary<string, int> Alive = new();

    private readonly Guid _activation = Guid.NewGuid();

    public override async Task OnActivateAsync(CancellationToken cancellationToken)
    {
        string key = this.GetPrimaryKeyString();
        if (key.StartsWith("fails", StringComparison.Ordinal) && !Events.Contains((key, "failed")))
        {
            Events.Enqueue((key, "failed"));
            throw new InvalidDataException("This activation fails.");
        }

        if (key.StartsWith("hangs", StringComparison.Ordinal))
        {
            await Task.Delay(Timeout.Infinite, cancellationToken);
        }

        Assert.Equal(1, Alive.AddOrUpdate(key, 1, static (_, count) => count + 1));
        await Task.Yield();
        Events.Enqueue((key, "activated"));
    }

    public override async Task OnDeactivateAsync(DeactivationReason reason, CancellationToken cancellationToken)
    {
        await Task.Yield();
        Events.Enqueue((this.GetPrimaryKeyString(), reason.ReasonCode.ToString()));
        Alive.AddOrUpdate(this.GetPrimaryKeyString(), 0, static (_, count) => count - 1);
    }

    public Task<Guid> ActivationAsync() => Task.FromResult(_activation);

    public Task DelayAsync(TimeSpan time)
    {
        DelayDeactivation(time);
        return Task.CompletedTask;
    }

    public Task FailAsync()
    {
        DeactivateOnIdle();
        throw new FormatException("This call fails.");
    }
}

public sealed class LifecycleGrain : LifecycleGrainBase, IIdleGrain;

public interface IIdleGrain : ILifecycleGrain;

[KeepAlive]
public sealed class KeptGrain : LifecycleGrainBase, IKeptGrain;
