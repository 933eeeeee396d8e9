namespace ProjectedGan.Evaluator;

/// <summary>
/// Keeps what was opened last, because it is mostly what is wanted next: one thing at a time, and only until nobody has used it for a while.
/// Thread-safe; uses exclude each other.
/// </summary>
/// <param name="open">Opens it.</param>
/// <param name="idle">How long it stays without being used.</param>
/// <param name="time">The clock.</param>
/// <param name="released">Called after it was let go of because nobody had used it for that long.</param>
internal sealed class KeptOpen<TKey, TValue>(Func<TKey, TValue> open, TimeSpan idle, TimeProvider time, Action released) : IDisposable
    where TKey : IEquatable<TKey>
    where TValue : class, IDisposable
{
    private readonly Lock _lock = new();
    private ITimer? _timer;
    private TKey? _key;
    private TValue? _value;

    /// <summary>Opens it unless it is open, and uses it. What fails while it is used is opened anew the next time.</summary>
    public TResult Use<TResult>(TKey key, Func<TValue, TResult> use)
    {
        lock (_lock)
        {
            _timer ??= time.CreateTimer(_ => ReleaseUnlessInUse(), null, Timeout.InfiniteTimeSpan, Timeout.InfiniteTimeSpan);
            _timer.Change(Timeout.InfiniteTimeSpan, Timeout.InfiniteTimeSpan);
            if (_value is null || !key.Equals(_key))
            {
                // The old one first: both together may not fit.
                Release();
                (_key, _value) = (key, open(key));
            }
            try
            {
                var result = use(_value);
                _timer.Change(idle, Timeout.InfiniteTimeSpan);
                return result;
            }
            catch
            {
                Release();
                throw;
            }
        }
    }

    public void Dispose()
    {
        lock (_lock)
        {
            _timer?.Dispose();
            Release();
        }
    }

    private void ReleaseUnlessInUse()
    {
        if (_lock.TryEnter())
        {
            Release();
            _lock.Exit();
            released();
        }
    }

    private void Release()
    {
        var value = _value;
        (_key, _value) = (default, null);
        value?.Dispose();
    }
}
