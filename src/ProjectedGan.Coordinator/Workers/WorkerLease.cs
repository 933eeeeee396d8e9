using ProjectedGan.Coordinator.Contracts;

namespace ProjectedGan.Coordinator.Workers;

/// <summary>How long a silent worker counts as alive.</summary>
internal sealed class WorkerLease(CoordinationOptions options, DateTimeOffset now)
{
    private DateTimeOffset _looked = now;
    private DateTimeOffset? _broken;

    public DateTimeOffset LastHeard { get; private set; } = now;

    public bool IsLost { get; private set; }

    public bool IsConnected { get; private set; }

    public void Connect(DateTimeOffset now)
    {
        (_broken, IsConnected) = (null, true);
        Hear(now);
    }

    public void Hear(DateTimeOffset now) => (LastHeard, IsLost) = (now, false);

    public void Break(DateTimeOffset now) => (_broken, IsConnected) = (now, false);

    /// <summary>Whether the lease ran out just now.</summary>
    public bool Expires(DateTimeOffset now)
    {
        // A coordinator that was stopped itself has heard nobody: its workers get the time back.
        TimeSpan since = now - _looked;
        if (options.TickInterval > TimeSpan.Zero && since > options.TickInterval + TimeSpan.FromSeconds(2))
        {
            LastHeard += since;
            _broken += since;
        }

        _looked = now;
        DateTimeOffset end = LastHeard + options.Lease;
        if (_broken is { } broken && broken + options.BrokenStreamLease < end)
        {
            end = broken + options.BrokenStreamLease;
        }

        bool expires = !IsLost && now >= end;
        IsLost |= expires;
        return expires;
    }
}
