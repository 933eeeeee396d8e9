using System.Text;
using ProjectedGan.AllReduce.Frames;
using ProjectedGan.AllReduce.Groups;

namespace ProjectedGan.AllReduce.Engine;

/// <summary>Who has reached which barrier. A name may be used again: a peer can be one round ahead, never two. Thread-safe.</summary>
internal sealed class BarrierBoard(int members, int self)
{
    public const int MostNameBytes = 256;
    private const int MostNames = 1024;

    private readonly Lock _lock = new();
    private readonly Dictionary<string, Barrier> _barriers = [];
    private Exception? _abortReason;

    /// <summary>Notes this worker's arrival; the task ends when all have arrived.</summary>
    public Task Reach(string name)
    {
        lock (_lock)
        {
            if (_abortReason is not null)
            {
                return Task.FromException(new ExchangeAbortedException(_abortReason));
            }
            var barrier = Find(name);
            barrier.Arrivals[self]++;
            var end = barrier.Ended.Task;
            EndIfComplete(name, barrier);
            return end;
        }
    }

    /// <summary>Notes a peer's arrival.</summary>
    /// <returns>Why it is refused; null: it is not.</returns>
    public RefusalReason? Arrive(int peer, FrameBuffer frame)
    {
        if (frame.Payload.Length is 0 or > MostNameBytes)
        {
            return RefusalReason.Malformed;
        }
        var name = Encoding.UTF8.GetString(frame.Payload);
        lock (_lock)
        {
            if (!_barriers.ContainsKey(name) && _barriers.Count == MostNames)
            {
                return RefusalReason.OverCredit;
            }
            var barrier = Find(name);
            if (barrier.Arrivals[peer] > barrier.Arrivals[self])
            {
                return RefusalReason.Duplicate;
            }
            barrier.Arrivals[peer]++;
            EndIfComplete(name, barrier);
            return null;
        }
    }

    public void Abort(Exception reason)
    {
        lock (_lock)
        {
            _abortReason ??= reason;
            foreach (var barrier in _barriers.Values)
            {
                barrier.Ended.TrySetException(new ExchangeAbortedException(_abortReason));
                // Nobody may be waiting.
                _ = barrier.Ended.Task.Exception;
            }
            _barriers.Clear();
        }
    }

    private Barrier Find(string name)
    {
        if (!_barriers.TryGetValue(name, out var barrier))
        {
            _barriers.Add(name, barrier = new Barrier(members));
        }
        return barrier;
    }

    private void EndIfComplete(string name, Barrier barrier)
    {
        if (Array.TrueForAll(barrier.Arrivals, count => count > 0))
        {
            var ended = barrier.Ended;
            barrier.Ended = NewSource();
            for (var i = 0; i < members; i++)
            {
                barrier.Arrivals[i]--;
            }
            if (Array.TrueForAll(barrier.Arrivals, count => count == 0))
            {
                _barriers.Remove(name);
            }
            ended.SetResult();
        }
    }

    private static TaskCompletionSource NewSource() => new(TaskCreationOptions.RunContinuationsAsynchronously);

    private sealed class Barrier(int members)
    {
        public int[] Arrivals { get; } = new int[members];

        public TaskCompletionSource Ended { get; set; } = NewSource();
    }
}
