using Orleans.Concurrency;
using Orleans.Tests.Hosting;

namespace Orleans.Tests.Turns;

public interface ITurnGrain : IGrainWithStringKey
{
    Task<int> CountAsync();

    /// <summary>Reaches a point, then waits for another.</summary>
    Task MeetAsync(string reach, string wait);

    [AlwaysInterleave]
    Task MeetInterleavedAsync(string reach, string wait);

    [ReadOnly]
    Task MeetReadOnlyAsync(string reach, string wait);

    Task<(bool Before, bool After, bool AfterLeaving)> WhereAsync();
}

public interface IPlainTurnGrain : ITurnGrain;

public interface IReentrantTurnGrain : ITurnGrain;

public abstract class TurnGrainBase : Grain, ITurnGrain
{
    private int _inTurn;
    private int _count;

    public async Task<int> CountAsync()
    {
        Assert.Equal(0, Interlocked.Exchange(ref _inTurn, 1));
        int seen = _count;
        Interlocked.Exchange(ref _inTurn, 0);
        await Task.Yield();
        Assert.Equal(0, Interlocked.Exchange(ref _inTurn, 1));
        _count = seen + 1;
        Interlocked.Exchange(ref _inTurn, 0);
        return _count;
    }

    public Task MeetAsync(string reach, string wait)
    {
        Meeting.Reach(reach);
        return Meeting.Wait(wait);
    }

    public Task MeetInterleavedAsync(string reach, string wait) => MeetAsync(reach, wait);

    public Task MeetReadOnlyAsync(string reach, string wait) => MeetAsync(reach, wait);

    public async Task<(bool Before, bool After, bool AfterLeaving)> WhereAsync()
    {
        TaskScheduler turn = TaskScheduler.Current;
        bool before = turn != TaskScheduler.Default;
        await Task.Delay(1);
        bool after = TaskScheduler.Current == turn;
        await Task.Delay(1).ConfigureAwait(false);
        return (before, after, TaskScheduler.Current == turn);
    }
}

public sealed class TurnGrain : TurnGrainBase, IPlainTurnGrain;

[Reentrant]
public sealed class ReentrantTurnGrain : TurnGrainBase, IReentrantTurnGrain;
