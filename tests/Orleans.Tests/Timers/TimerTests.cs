using Microsoft.Extensions.DependencyInjection;
using Orleans.Concurrency;
using Orleans.Tests.Hosting;

namespace Orleans.Tests.Timers;

public interface ITimerGrain : IGrainWithStringKey
{
    Task StartAsync(TimeSpan due, TimeSpan period, bool interleave, bool fails);

    Task StopAsync();

    Task HoldAsync(string reach, string wait);

    [AlwaysInterleave]
    Task<int> TicksAsync();

    [AlwaysInterleave]
    Task WaitForTickAsync(int number);
}

public sealed class TimerGrain : Grain, ITimerGrain
{
    private readonly List<(int Number, TaskCompletionSource Reached)> _waiting = [];
    private IGrainTimer? _timer;
    private int _ticks;
    private bool _calling;
    private bool _interleaves;

    public Task StartAsync(TimeSpan due, TimeSpan period, bool interleave, bool fails)
    {
        _interleaves = interleave;
        _timer = this.RegisterGrainTimer(fails ? FailAsync : TickAsync, new GrainTimerCreationOptions(due, period) { Interleave = interleave });
        return Task.CompletedTask;
    }

    public Task StopAsync()
    {
        _timer!.Dispose();
        return Task.CompletedTask;
    }

    public async Task HoldAsync(string reach, string wait)
    {
        _calling = true;
        Meeting.Reach(reach);
        await Meeting.Wait(wait);
        _calling = false;
    }

    public Task<int> TicksAsync() => Task.FromResult(_ticks);

    public Task WaitForTickAsync(int number)
    {
        var reached = new TaskCompletionSource();
        _waiting.Add((number, reached));
        Notify();
        return reached.Task;
    }

    private async Task TickAsync(CancellationToken cancellationToken)
    {
        Assert.True(_interleaves || !_calling, "A tick ran while a call did.");
        await Task.Yield();
        Assert.True(_interleaves || !_calling, "A call started while a tick ran.");
        _ticks++;
        Notify();
    }

    private async Task FailAsync(CancellationToken cancellationToken)
    {
        await TickAsync(cancellationToken);
        throw new InvalidOperationException("This tick fails.");
    }

    private void Notify() => _waiting.Where(entry => entry.Number <= _ticks).ToList().ForEach(static entry => entry.Reached.TrySetResult());
}

public class TimerTests
{
    private readonly ManualTime _time = new();

    [Fact]
    public async Task Timer_PeriodPasses_Ticks()
    {
        await using TestSilo silo = await StartAsync();
        var grain = silo.Grains.GetGrain<ITimerGrain>("ticks");
        await grain.StartAsync(TimeSpan.FromSeconds(5), TimeSpan.FromSeconds(1), interleave: false, fails: false);

        _time.Advance(TimeSpan.FromSeconds(4.9));
        Assert.Equal(0, await grain.TicksAsync());
        for (int tick = 1; tick <= 3; tick++)
        {
            _time.Advance(TimeSpan.FromSeconds(1));
            await grain.WaitForTickAsync(tick).Within($"tick {tick}");
            // The next tick is set when this one has ended; a call comes after that end.
            await grain.HoldAsync($"t{tick}{GetHashCode()}", $"t{tick}{GetHashCode()}");
        }
    }

    [Fact]
    public async Task Timer_DueDuringACall_WaitsForItsTurn()
    {
        await using TestSilo silo = await StartAsync();
        var grain = silo.Grains.GetGrain<ITimerGrain>("turn");
        string name = Guid.NewGuid().ToString();
        await grain.StartAsync(TimeSpan.FromSeconds(1), TimeSpan.FromSeconds(1), interleave: false, fails: false);

        Task call = grain.HoldAsync(name + "in", name + "out");
        await Meeting.Wait(name + "in");
        _time.Advance(TimeSpan.FromSeconds(1));
        Assert.Equal(0, await grain.TicksAsync().Within("the interleaved call"));

        Meeting.Reach(name + "out");
        await call.Within("the call");
        await grain.WaitForTickAsync(1).Within("the tick after the call");
    }

    [Fact]
    public async Task Timer_InterleavingAndDueDuringACall_TicksAtOnce()
    {
        await using TestSilo silo = await StartAsync();
        var grain = silo.Grains.GetGrain<ITimerGrain>("beside");
        string name = Guid.NewGuid().ToString();
        await grain.StartAsync(TimeSpan.FromSeconds(1), TimeSpan.FromSeconds(1), interleave: true, fails: false);

        Task call = grain.HoldAsync(name + "in", name + "out");
        await Meeting.Wait(name + "in");
        _time.Advance(TimeSpan.FromSeconds(1));
        await grain.WaitForTickAsync(1).Within("the tick beside the call");

        Meeting.Reach(name + "out");
        await call.Within("the call");
    }

    [Fact]
    public async Task Timer_TickFails_GoesOn()
    {
        await using TestSilo silo = await StartAsync();
        var grain = silo.Grains.GetGrain<ITimerGrain>("fails");
        await grain.StartAsync(TimeSpan.FromSeconds(1), TimeSpan.FromSeconds(1), interleave: false, fails: true);

        for (int tick = 1; tick <= 2; tick++)
        {
            _time.Advance(TimeSpan.FromSeconds(1));
            await grain.WaitForTickAsync(tick).Within($"tick {tick}");
            await grain.HoldAsync($"f{tick}{GetHashCode()}", $"f{tick}{GetHashCode()}");
        }
    }

    [Fact]
    public async Task Timer_Disposed_TicksNoMore()
    {
        await using TestSilo silo = await StartAsync();
        var grain = silo.Grains.GetGrain<ITimerGrain>("stops");
        await grain.StartAsync(TimeSpan.FromSeconds(1), TimeSpan.FromSeconds(1), interleave: false, fails: false);
        await grain.StopAsync();

        _time.Advance(TimeSpan.FromSeconds(10));

        Assert.Equal(0, await grain.TicksAsync());
    }

    private Task<TestSilo> StartAsync() => TestSilo.StartAsync(builder => builder.Services.AddSingleton<TimeProvider>(_time));
}
