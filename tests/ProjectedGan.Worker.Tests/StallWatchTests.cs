using Microsoft.Extensions.Time.Testing;

namespace ProjectedGan.Worker.Tests;

public sealed class StallWatchTests : IDisposable
{
    private static readonly TimeSpan Patience = TimeSpan.FromMinutes(10);

    // The watch looks ten times in its patience.
    private static readonly TimeSpan Look = Patience / 10;
    private readonly FakeTimeProvider _time = new();
    private readonly CancellationTokenSource _over = new();
    private long _steps;

    public void Dispose() => _over.Dispose();

    [Fact]
    public async Task WaitAsync_NothingMoves_ReturnsAfterThePatience()
    {
        var watching = await WatchAsync(() => (7, false));

        await PassAsync(9);
        Assert.False(watching.IsCompleted);
        await PassAsync(1);

        await watching.WaitAsync(TimeSpan.FromMinutes(1));
    }

    [Theory]
    [InlineData(true, false)]
    [InlineData(false, true)]
    public async Task WaitAsync_StepsOrPeersAreWaitedFor_GoesOn(bool moves, bool waits)
    {
        var watching = await WatchAsync(() => (moves ? _steps++ : 7, waits));

        await PassAsync(40);

        Assert.False(watching.IsCompleted);
        await _over.CancelAsync();
        await Assert.ThrowsAnyAsync<OperationCanceledException>(() => watching);
    }

    [Fact]
    public async Task WaitAsync_StandsStillAfterAWait_ReturnsThen()
    {
        var waits = true;
        var watching = await WatchAsync(() => (7, waits));
        await PassAsync(20);
        Assert.False(watching.IsCompleted);

        waits = false;
        await PassAsync(9);
        Assert.False(watching.IsCompleted);
        await PassAsync(1);

        await watching.WaitAsync(TimeSpan.FromMinutes(1));
    }

    // Off the test's own context: what waits for the clock then runs on within the call that moves it, up to its next wait.
    private async Task<Task> WatchAsync(Func<(long Steps, bool WaitsForPeers)> look)
    {
        var watching = Task.CompletedTask;
        await Task.Run(() => { watching = new StallWatch(Patience, _time).WaitAsync(look, _over.Token); });
        return watching;
    }

    private Task PassAsync(int looks) => Task.Run(() =>
    {
        for (var look = 0; look < looks; look++)
        {
            _time.Advance(Look);
        }
    });
}
