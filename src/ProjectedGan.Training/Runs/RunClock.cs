using System.Diagnostics;

namespace ProjectedGan.Training.Runs;

/// <summary>The time a run has trained, over all its sessions.</summary>
internal sealed class RunClock
{
    private readonly Stopwatch _session = new();
    private TimeSpan _before;
    private TimeSpan _lap;

    public TimeSpan Elapsed
    {
        get => _before + _session.Elapsed;
        set => (_before, _lap) = (value, value);
    }

    public void Start() => _session.Start();

    public void Stop() => _session.Stop();

    /// <summary>The time since the last lap.</summary>
    public TimeSpan Lap()
    {
        var now = Elapsed;
        var lap = now - _lap;
        _lap = now;
        return lap;
    }
}
