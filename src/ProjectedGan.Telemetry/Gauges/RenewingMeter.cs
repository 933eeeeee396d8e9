using System.Diagnostics.Metrics;

namespace ProjectedGan.Telemetry.Gauges;

/// <summary>
/// A meter whose instruments carry labels that come and go, such as an experiment's id. The SDK keeps a place for every label set it has
/// ever seen, 2,000 an instrument, and shows an overflow from then on; a new meter of the same name starts with all places free.
/// Thread-safe.
/// </summary>
internal sealed class RenewingMeter : IDisposable
{
    /// <summary>Well below the SDK's 2,000, which experiments that are alive at a renewal take from the new meter.</summary>
    public const int LabelSetsPerMeter = 1_000;

    private readonly Lock _gate = new();
    private readonly IMeterFactory _factory;
    private readonly string _name;
    private readonly Action<Meter> _attach;
    private Meter _meter;
    private int _labelSets;

    public RenewingMeter(IMeterFactory factory, string name, Action<Meter> attach)
    {
        _factory = factory;
        _name = name;
        _attach = attach;
        _meter = Create();
    }

    /// <summary>To be called for each label set that an instrument shows for the first time.</summary>
    public void CountLabelSet()
    {
        lock (_gate)
        {
            if (++_labelSets < LabelSetsPerMeter)
            {
                return;
            }

            _labelSets = 0;
            _meter.Dispose();
            _meter = Create();
        }
    }

    public void Dispose()
    {
        lock (_gate)
        {
            _meter.Dispose();
        }
    }

    // The factory itself would give the same meter again, and does not let go of it.
    private Meter Create()
    {
        Meter meter = new(new MeterOptions(_name) { Scope = _factory });
        _attach(meter);
        return meter;
    }
}
