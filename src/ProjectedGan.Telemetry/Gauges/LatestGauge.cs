using System.Collections.Concurrent;
using System.Diagnostics.Metrics;

namespace ProjectedGan.Telemetry.Gauges;

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
        bool isNew = _values.TryAdd(key, (value, all));
        if (!isNew)
        {
            _values[key] = (value, all);
        }

        return isNew;
    }

    public void RemoveWhere(Func<TKey, bool> predicate)
    {
        foreach (TKey key in _values.Keys.Where(predicate))
        {
            _values.TryRemove(key, out _);
        }
    }

    /// <summary>Sets every key that has a value but is not among these to zero: a state that nobody is in any more.</summary>
    public void ZeroExcept(IReadOnlyCollection<TKey> keys)
    {
        foreach (TKey key in _values.Keys.Except(keys))
        {
            Set(key, 0);
        }
    }

    private IEnumerable<Measurement<double>> Observe() => _values.Values.Select(entry => new Measurement<double>(entry.Value, entry.Attributes));
}
