using System.Threading.Channels;
using Microsoft.Extensions.DependencyInjection;
using Orleans.Tests.Hosting;

namespace Orleans.Tests.Reminders;

public interface IReminderGrain : IGrainWithStringKey
{
    Task SetAsync(string name, TimeSpan due, TimeSpan period);

    Task<bool> RemoveAsync(string name);

    Task<string[]> NamesAsync();
}

public sealed class ReminderGrain(Channel<(string Grain, string Name, TickStatus Status)> ticks) : Grain, IReminderGrain, IRemindable
{
    public Task SetAsync(string name, TimeSpan due, TimeSpan period) => this.RegisterOrUpdateReminder(name, due, period);

    public async Task<bool> RemoveAsync(string name)
    {
        if (await this.GetReminder(name) is not { } reminder)
        {
            return false;
        }

        await this.UnregisterReminder(reminder);
        return true;
    }

    public async Task<string[]> NamesAsync() => [.. (await this.GetReminders()).Select(static reminder => reminder.ReminderName).Order()];

    public async Task ReceiveReminder(string reminderName, TickStatus status)
        => await ticks.Writer.WriteAsync((this.GetPrimaryKeyString(), reminderName, status));
}

public class ReminderTests
{
    private static readonly TimeSpan Minute = TimeSpan.FromMinutes(1);

    private readonly ManualTime _time = new();
    private readonly Channel<(string Grain, string Name, TickStatus Status)> _ticks = Channel.CreateUnbounded<(string, string, TickStatus)>();
    private readonly ProcessMemoryReminderTable _table = new();

    [Fact]
    public async Task Reminder_TimePasses_TicksOnItsGrid()
    {
        await using TestSilo silo = await StartAsync();
        DateTime start = _time.GetUtcNow().UtcDateTime;
        await silo.Grains.GetGrain<IReminderGrain>("grid").SetAsync("wake", Minute, Minute * 5);

        foreach (int minute in new[] { 1, 6, 11 })
        {
            _time.Advance(start.AddMinutes(minute) - _time.GetUtcNow().UtcDateTime);
            (string grain, string name, TickStatus status) = await NextAsync();
            Assert.Equal(("grid", "wake"), (grain, name));
            Assert.Equal(start.AddMinutes(1), status.FirstTickTime);
            Assert.Equal(start.AddMinutes(minute), status.CurrentTickTime);
        }
    }

    [Fact]
    public async Task Reminder_HostRestarts_TicksAgain()
    {
        await using (TestSilo first = await StartAsync())
        {
            await first.Grains.GetGrain<IReminderGrain>("restart").SetAsync("wake", Minute, Minute);
        }

        // The silo was down for two and a half periods: the next tick is the grid's next.
        _time.Advance(Minute * 2.5);
        Assert.False(_ticks.Reader.TryRead(out _));
        await using TestSilo second = await StartAsync();
        _time.Advance(Minute * 0.5);

        (string grain, _, TickStatus status) = await NextAsync();
        Assert.Equal("restart", grain);
        Assert.Equal(Minute, status.Period);
    }

    [Fact]
    public async Task Reminder_Unregistered_TicksNoMore()
    {
        await using TestSilo silo = await StartAsync();
        var grain = silo.Grains.GetGrain<IReminderGrain>("gone");
        await grain.SetAsync("wake", Minute, Minute);
        Assert.Equal(["wake"], await grain.NamesAsync());

        Assert.True(await grain.RemoveAsync("wake"));
        Assert.False(await grain.RemoveAsync("wake"));

        _time.Advance(Minute * 5);
        Assert.Empty(await grain.NamesAsync());
        Assert.False(_ticks.Reader.TryRead(out _));
    }

    [Fact]
    public async Task Reminder_PeriodTooShort_IsRefused()
    {
        await using TestSilo silo = await StartAsync();

        ArgumentException thrown = await Assert.ThrowsAsync<ArgumentException>(
            () => silo.Grains.GetGrain<IReminderGrain>("short").SetAsync("wake", Minute, TimeSpan.FromSeconds(59)));

        Assert.Contains("00:00:59", thrown.Message, StringComparison.Ordinal);
    }

    private Task<(string Grain, string Name, TickStatus Status)> NextAsync() => _ticks.Reader.ReadAsync().AsTask().Within("a reminder's tick");

    private Task<TestSilo> StartAsync() => TestSilo.StartAsync(builder =>
    {
        builder.AddReminders();
        builder.Services.AddSingleton<TimeProvider>(_time).AddSingleton<IReminderTable>(_table).AddSingleton(_ticks);
    });
}
