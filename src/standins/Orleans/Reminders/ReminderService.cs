using System.Collections.Concurrent;
using Microsoft.Extensions.Logging;
using Microsoft.Extensions.Options;
using Orleans.Hosting;
using Orleans.Timers;

namespace Orleans.Runtime;

/// <summary>Holds a timer for each reminder of the table. What the table holds is loaded when the silo starts.</summary>
internal sealed class ReminderService(
    IReminderTable table,
    IGrainFactory grains,
    IOptions<ReminderOptions> options,
    TimeProvider time,
    ILogger<ReminderService> logger) : IReminderRegistry, ILifecycleParticipant<ISiloLifecycle>
{
    private readonly ConcurrentDictionary<(GrainId Grain, string Name), ReminderTimer> _timers = new();
    private volatile bool _stopped;

    public void Participate(ISiloLifecycle lifecycle)
        => lifecycle.Subscribe(nameof(ReminderService), ServiceLifecycleStage.Active, StartAsync, StopAsync);

    public async Task<IGrainReminder> RegisterOrUpdateReminder(GrainId callingGrainId, string reminderName, TimeSpan dueTime, TimeSpan period)
    {
        if (period < options.Value.MinimumReminderPeriod)
        {
            throw new ArgumentException($"Reminder \"{reminderName}\" of grain {callingGrainId} has a period of {period}; the shortest allowed is {options.Value.MinimumReminderPeriod}.", nameof(period));
        }

        ArgumentOutOfRangeException.ThrowIfLessThan(dueTime, TimeSpan.Zero);
        var entry = new ReminderEntry { GrainId = callingGrainId, ReminderName = reminderName, StartAt = time.GetUtcNow().UtcDateTime + dueTime, Period = period };
        entry.ETag = await table.UpsertRow(entry)
            ?? throw new OrleansException($"Could not register reminder \"{reminderName}\" of grain {callingGrainId}: the reminder table refused it.");
        Start(entry);
        return new Reminder(entry);
    }

    public async Task UnregisterReminder(GrainId callingGrainId, IGrainReminder reminder)
    {
        ReminderEntry entry = ((Reminder)reminder).Entry;
        if (!await table.RemoveRow(entry.GrainId, entry.ReminderName, entry.ETag!))
        {
            throw new OrleansException($"Could not unregister reminder \"{entry.ReminderName}\" of grain {entry.GrainId}: it was changed or removed meanwhile. Get it anew.");
        }

        if (_timers.TryRemove((entry.GrainId, entry.ReminderName), out ReminderTimer? timer))
        {
            timer.Dispose();
        }
    }

    public async Task<IGrainReminder?> GetReminder(GrainId callingGrainId, string reminderName)
        => await table.ReadRow(callingGrainId, reminderName) is { } entry ? new Reminder(entry) : null;

    public async Task<List<IGrainReminder>> GetReminders(GrainId callingGrainId)
        => [.. (await table.ReadRows(callingGrainId)).Reminders.Select(static entry => new Reminder(entry))];

    private async Task StartAsync(CancellationToken cancellationToken)
    {
        await table.StartAsync(cancellationToken).WaitAsync(options.Value.InitializationTimeout, cancellationToken).ConfigureAwait(false);
        // The whole ring: from zero round to zero.
        foreach (ReminderEntry entry in (await table.ReadRows(0, 0).ConfigureAwait(false)).Reminders)
        {
            Start(entry);
        }
    }

    private async Task StopAsync(CancellationToken cancellationToken)
    {
        _stopped = true;
        foreach (ReminderTimer timer in _timers.Values)
        {
            timer.Dispose();
        }

        await table.StopAsync(cancellationToken).ConfigureAwait(false);
    }

    private void Start(ReminderEntry entry)
    {
        var timer = new ReminderTimer(this, entry);
        _timers.AddOrUpdate((entry.GrainId, entry.ReminderName), timer, (_, old) =>
        {
            old.Dispose();
            return timer;
        });
        timer.Start();
    }

    private sealed record Reminder(ReminderEntry Entry) : IGrainReminder
    {
        public string ReminderName => Entry.ReminderName;
    }

    /// <summary>Ticks at StartAt and every period after it, counted from StartAt: a slow tick or a pause makes later ones neither late nor many.</summary>
    private sealed class ReminderTimer : IDisposable
    {
        private readonly ReminderService _service;
        private readonly ReminderEntry _entry;
        private readonly ITimer _timer;
        private DateTime _next;

        public ReminderTimer(ReminderService service, ReminderEntry entry)
        {
            _service = service;
            _entry = entry;
            _next = OnGrid(service.Time.GetUtcNow().UtcDateTime);
            using AsyncFlowControl? flow = ExecutionContext.IsFlowSuppressed() ? null : ExecutionContext.SuppressFlow();
            _timer = service.Time.CreateTimer(static timer => _ = ((ReminderTimer)timer!).TickAsync(), this, Timeout.InfiniteTimeSpan, Timeout.InfiniteTimeSpan);
        }

        public void Start()
        {
            TimeSpan due = _next - _service.Time.GetUtcNow().UtcDateTime;
            // Timers reach 49 days; a longer wait is made of several.
            _timer.Change(TimeSpan.FromTicks(Math.Clamp(due.Ticks, 0, TimeSpan.TicksPerDay * 40)), Timeout.InfiniteTimeSpan);
        }

        public void Dispose() => _timer.Dispose();

        // The first tick's time that is not before the given one.
        private DateTime OnGrid(DateTime earliest)
        {
            long late = (earliest - _entry.StartAt).Ticks;
            long period = _entry.Period.Ticks;
            return late <= 0 ? _entry.StartAt : _entry.StartAt.AddTicks((late + period - 1) / period * period);
        }

        private async Task TickAsync()
        {
            DateTime now = _service.Time.GetUtcNow().UtcDateTime;
            if (_service._stopped)
            {
                return;
            }

            if (now >= _next)
            {
                _next = OnGrid(now + TimeSpan.FromTicks(1));
                try
                {
                    IRemindable grain = _service.Grains.GetGrain<IRemindable>(_entry.GrainId);
                    await grain.ReceiveReminder(_entry.ReminderName, new TickStatus(_entry.StartAt, _entry.Period, now));
                }
                catch (Exception exception)
                {
                    ReminderServiceLog.TickFailed(_service.Logger, _entry.ReminderName, _entry.GrainId, exception);
                }
            }

            Start();
        }
    }

    private TimeProvider Time => time;

    private IGrainFactory Grains => grains;

    private ILogger Logger => logger;
}

internal static partial class ReminderServiceLog
{
    [LoggerMessage(50, LogLevel.Error, "Reminder {Name} of grain {Grain} failed; it goes on.")]
    public static partial void TickFailed(ILogger logger, string name, GrainId grain, Exception exception);
}
