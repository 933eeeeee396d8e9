using System.Collections.Concurrent;
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

/// <summary>
/// The latest value for each key, shown until it is removed. A plain gauge would show the losses of a run that ended long ago.
/// Thread-safe.
/// </summary>
internal sealed class LatestGauge<TKey>(string name, string unit, string description, Func<TKey, KeyValuePair<string, object?>[]> attributes)
    where TKey : notnull
{
    private readonly ConcurrentDictionary<TKey, (double Value, KeyValuePair<string, object?>[] Attributes)> _values = [];

    public void AttachTo(Meter meter) => meter.CreateObservableGauge(name, Observe, unit, description);

    /// <summary>Gives true where the key is new.</summary>
    public bool Set(TKey key, double value, params KeyValuePair<string, object?>[] more)
    {
        KeyValuePair<string, object?>[] all = [.. attributes(key), .. more];
        var isNew = _values.TryAdd(key, (value, all));
        if (!isNew)
        {
            _values[key] = (value, all);
        }

        return isNew;
    }

    public void RemoveWhere(Func<TKey, bool> predicate)
    {
        foreach (var key in _values.Keys.Where(predicate))
        {
            _values.TryRemove(key, out _);
        }
    }

    /// <summary>Sets every key that has a value but is not among these to zero: a state that nobody is in any more.</summary>
    public void ZeroExcept(IReadOnlyCollection<TKey> keys)
    {
        foreach (var key in _values.Keys.Except(keys))
        {
            Set(key, 0);
        }
    }

    private IEnumerable<Measurement<double>> Observe() => _values.Values.Select(entry => new Measurement<double>(entry.Value, entry.Attributes));
}

/// <summary>Bounds of histograms of durations, in seconds.</summary>
internal static class DurationBuckets
{
    /// <summary>From a phase of a tiny network to an iteration of a large one on a CPU.</summary>
    public static readonly InstrumentAdvice<double> Steps = Advice(0.001, 0.0025, 0.005, 0.01, 0.025, 0.05, 0.1, 0.25, 0.5, 1, 2.5, 5, 10, 30);

    /// <summary>Evaluations and state transfers.</summary>
    public static readonly InstrumentAdvice<double> Jobs = Advice(0.1, 0.5, 1, 2.5, 5, 10, 30, 60, 120, 300, 600, 1800, 3600);

    private static InstrumentAdvice<double> Advice(params double[] bounds) => new() { HistogramBucketBoundaries = bounds };
}
