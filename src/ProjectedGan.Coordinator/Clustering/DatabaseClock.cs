namespace ProjectedGan.Coordinator.Clustering;

/// <summary>
/// The time as the database tells it, so that coordinators on machines whose clocks differ mean the same by a moment: a grain that moves finds its
/// leases, patience and versions where it left them. Between two looks at the database the time goes on with the machine's steady clock, which nobody
/// sets. Timers are the system's. Before the first look it is the system's time.
/// </summary>
public sealed class DatabaseClock : TimeProvider
{
    private Look? _last;

    public override DateTimeOffset GetUtcNow()
    {
        Look? last = Volatile.Read(ref _last);
        return last is null ? base.GetUtcNow() : last.Time + GetElapsedTime(last.Timestamp);
    }

    /// <summary>Takes over what the database answered to a question that was asked between two timestamps.</summary>
    internal void Learn(DateTimeOffset told, long asked, long answered) => Volatile.Write(ref _last, new Look(told, asked + ((answered - asked) / 2)));

    private sealed record Look(DateTimeOffset Time, long Timestamp);
}
