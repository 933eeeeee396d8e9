using ProjectedGan.AllReduce.Reduction;

namespace ProjectedGan.AllReduce.Engine;

/// <summary>
/// Which reductions are done, so that repeated frames are told from early ones. Only the newest iterations are kept one by one; all older
/// ones count as done.
/// </summary>
internal sealed class CompletedKeys
{
    private const int IterationsKept = 2;

    private readonly HashSet<ReductionKey> _keys = [];
    private long _newest = long.MinValue;

    public bool Contains(ReductionKey key) => IsBehind(key.Iteration) || _keys.Contains(key);

    public void Add(ReductionKey key)
    {
        _keys.Add(key);
        if (key.Iteration > _newest)
        {
            _newest = key.Iteration;
            _keys.RemoveWhere(old => IsBehind(old.Iteration));
        }
    }

    private bool IsBehind(long iteration) => _newest != long.MinValue && iteration <= _newest - IterationsKept;
}
