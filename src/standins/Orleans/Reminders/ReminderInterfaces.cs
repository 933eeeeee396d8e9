using Orleans.Runtime;

namespace Orleans
{
    /// <summary>A grain that takes reminders: ticks that survive the activation and the process.</summary>
    public interface IRemindable : IGrain
    {
        Task ReceiveReminder(string reminderName, TickStatus status);
    }

    /// <summary>Where reminders are kept.</summary>
    public interface IReminderTable
    {
        [Obsolete("Implement and use StartAsync instead")]
        Task Init() => Task.CompletedTask;

        Task StartAsync(CancellationToken cancellationToken = default)
#pragma warning disable CS0618 // Older tables implement Init alone.
            => Init();
#pragma warning restore CS0618

        Task StopAsync(CancellationToken cancellationToken = default) => Task.CompletedTask;

        Task<ReminderTableData> ReadRows(GrainId grainId);

        /// <summary>The reminders whose grain hashes lie in (begin, end], across zero when begin is not below end.</summary>
        Task<ReminderTableData> ReadRows(uint begin, uint end);

        Task<ReminderEntry?> ReadRow(GrainId grainId, string reminderName);

        /// <summary>Writes a reminder whatever was there, and returns its new version.</summary>
        Task<string?> UpsertRow(ReminderEntry entry);

        /// <summary>Removes a reminder of that version; false when there is none.</summary>
        Task<bool> RemoveRow(GrainId grainId, string reminderName, string eTag);

        Task TestOnlyClearTable();
    }

    [GenerateSerializer]
    public sealed class ReminderEntry
    {
        [Id(0)]
        public GrainId GrainId { get; set; }

        [Id(1)]
        public string ReminderName { get; set; } = null!;

        /// <summary>The first tick, in UTC.</summary>
        [Id(2)]
        public DateTime StartAt { get; set; }

        [Id(3)]
        public TimeSpan Period { get; set; }

        [Id(4)]
        public string? ETag { get; set; }

        public override string ToString() => $"<GrainId={GrainId} ReminderName={ReminderName} Period={Period}>";
    }

    [GenerateSerializer]
    public sealed class ReminderTableData
    {
        public ReminderTableData()
        {
        }

        public ReminderTableData(IEnumerable<ReminderEntry> list) => Reminders = list.ToList();

        public ReminderTableData(ReminderEntry entry) => Reminders = new List<ReminderEntry> { entry };

        [Id(0)]
        public IList<ReminderEntry> Reminders { get; private set; } = new List<ReminderEntry>();

        public override string ToString() => $"[{Reminders.Count} reminders: {string.Join(", ", Reminders)}.";
    }
}

namespace Orleans.Runtime
{
    public interface IGrainReminder
    {
        string ReminderName { get; }
    }

    /// <summary>The times of a reminder's tick, in UTC.</summary>
    [GenerateSerializer]
    [Immutable]
    public readonly struct TickStatus
    {
        public TickStatus(DateTime firstTickTime, TimeSpan period, DateTime timeStamp)
        {
            FirstTickTime = firstTickTime;
            Period = period;
            CurrentTickTime = timeStamp;
        }

        [Id(0)]
        public DateTime FirstTickTime { get; }

        [Id(1)]
        public TimeSpan Period { get; }

        [Id(2)]
        public DateTime CurrentTickTime { get; }

        public override string ToString() => $"<{FirstTickTime}, {Period}, {CurrentTickTime}>";
    }
}

namespace Orleans.Timers
{
    using Orleans.Runtime;

    public interface IReminderRegistry
    {
        Task<IGrainReminder> RegisterOrUpdateReminder(GrainId callingGrainId, string reminderName, TimeSpan dueTime, TimeSpan period);

        Task UnregisterReminder(GrainId callingGrainId, IGrainReminder reminder);

        Task<IGrainReminder?> GetReminder(GrainId callingGrainId, string reminderName);

        Task<List<IGrainReminder>> GetReminders(GrainId callingGrainId);
    }
}

namespace Orleans.Hosting
{
    public sealed class ReminderOptions
    {
        /// <summary>The shortest period that can be registered.</summary>
        public TimeSpan MinimumReminderPeriod { get; set; } = TimeSpan.FromMinutes(1);

        /// <summary>How long the table may take to start.</summary>
        public TimeSpan InitializationTimeout { get; set; } = TimeSpan.FromMinutes(5);
    }
}
