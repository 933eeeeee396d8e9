using Orleans.Concurrency;
using Orleans.Tests.Hosting;

namespace Orleans.Tests.Calls;

internal interface ICallGrain : IGrainWithStringKey
{
    Task<string> KeyAsync();

    Task<ICallGrain> SelfAsync();

    Task<string> KeyOfAsync(ICallGrain other);

    Task WaitAsync(string reached, string cancelled, CancellationToken cancellationToken);

    Task ThrowAsync(string message);

    ValueTask<int> AddAsync(int left, int right);

    ValueTask NothingAsync();

    [OneWay]
    void Signal(string point);

    [ResponseTimeout("00:00:00.2")]
    Task NeverAsync(CancellationToken cancellationToken);

    Task<string?> ContextAsync(string key, int depth);

    Task NotifyAsync(ICallObserver observer, string text);
}

internal interface ICallObserver : IGrainObserver
{
    Task HearAsync(string text);
}

internal interface INumberGrain : IGrainWithIntegerKey
{
    Task<long> KeyAsync();
}

internal interface IGuidGrain : IGrainWithGuidKey
{
    Task<Guid> KeyAsync();
}

internal sealed class NumberGrain : Grain, INumberGrain
{
    public Task<long> KeyAsync() => Task.FromResult(this.GetPrimaryKeyLong());
}

internal sealed class GuidGrain : Grain, IGuidGrain
{
    public Task<Guid> KeyAsync() => Task.FromResult(this.GetPrimaryKey());
}

internal sealed class CallFailedException(string message) : Exception(message)
{
    public int Code { get; init; }
}

[GrainType("caller")]
internal sealed class CallGrain : Grain, ICallGrain
{
    public Task<string> KeyAsync() => Task.FromResult(this.GetPrimaryKeyString());

    public Task<ICallGrain> SelfAsync() => Task.FromResult(this.AsReference<ICallGrain>());

    public Task<string> KeyOfAsync(ICallGrain other) => other.KeyAsync();

    public async Task WaitAsync(string reached, string cancelled, CancellationToken cancellationToken)
    {
        Meeting.Reach(reached);
        try
        {
            await Task.Delay(Timeout.Infinite, cancellationToken);
        }
        finally
        {
            Meeting.Reach(cancelled);
        }
    }

    public Task ThrowAsync(string message) => throw new CallFailedException(message) { Code = 7 };

    public ValueTask<int> AddAsync(int left, int right) => new(left + right);

    public async ValueTask NothingAsync() => await Task.Yield();

    public void Signal(string point)
    {
        Meeting.Reach(point);
        throw new CallFailedException("Nobody hears this.");
    }

    public Task NeverAsync(CancellationToken cancellationToken) => Task.Delay(Timeout.Infinite, cancellationToken);

    public Task<string?> ContextAsync(string key, int depth) => depth == 0
        ? Task.FromResult((string?)RequestContext.Get(key))
        : GrainFactory.GetGrain<ICallGrain>($"context-{depth}").ContextAsync(key, depth - 1);

    public Task NotifyAsync(ICallObserver observer, string text) => observer.HearAsync(text);
}
