using ProjectedGan.Node.Workers;

namespace ProjectedGan.Node.Tests.Workers;

public sealed class StallWatchTests : IDisposable
{
    private static readonly TimeSpan Patience = TimeSpan.FromMilliseconds(500);
    private readonly CancellationTokenSource _over = new();
    private long _steps;

    public void Dispose() => _over.Dispose();

    [Fact]
    public async Task WaitAsync_NothingMoves_ReturnsAfterThePatience() =>
        await new StallWatch(Patience, TimeProvider.System).WaitAsync(() => (7, false), _over.Token).WaitAsync(TimeSpan.FromMinutes(1));

    [Theory]
    [InlineData(true, false)]
    [InlineData(false, true)]
    public async Task WaitAsync_StepsOrPeersAreWaitedFor_GoesOn(bool moves, bool waits)
    {
        Task watching = new StallWatch(Patience, TimeProvider.System).WaitAsync(() => (moves ? _steps++ : 7, waits), _over.Token);

        await Task.Delay(4 * Patience);

        Assert.False(watching.IsCompleted);
        await _over.CancelAsync();
        await Assert.ThrowsAnyAsync<OperationCanceledException>(() => watching);
    }

    [Fact]
    public async Task WaitAsync_StandsStillAfterAWait_ReturnsThen()
    {
        bool waits = true;
        Task watching = new StallWatch(Patience, TimeProvider.System).WaitAsync(() => (7, waits), _over.Token);
        await Task.Delay(2 * Patience);
        Assert.False(watching.IsCompleted);

        waits = false;

        await watching.WaitAsync(TimeSpan.FromMinutes(1));
    }
}
