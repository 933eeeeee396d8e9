using ProjectedGan.AllReduce.Frames;

namespace ProjectedGan.AllReduce.Engine;

/// <summary>
/// What is to be sent to one peer: descriptions of frames, whose bytes still lie in the tensors. Grants and announcements go first, for
/// others wait for them; then results, which are still in the cache and free the peer's credit; then partial sums. Several writers may take frames.
/// </summary>
internal sealed class Outbox : IDisposable
{
    private readonly Lock _lock = new();
    private readonly Queue<IOutgoingFrame>[] _queues = [new(), new(), new()];
    private readonly SemaphoreSlim _available = new(0);
    private bool _completed;

    public void Add(IOutgoingFrame frame, OutboxPriority priority)
    {
        lock (_lock)
        {
            if (_completed)
            {
                return;
            }
            _queues[(int)priority].Enqueue(frame);
        }
        _available.Release();
    }

    /// <summary>Takes nothing more; what is in is still to be sent.</summary>
    public void Complete()
    {
        lock (_lock)
        {
            if (_completed)
            {
                return;
            }
            _completed = true;
        }
        _available.Release();
    }

    /// <summary>Drops everything and takes nothing more but one last frame.</summary>
    public void Abort(IOutgoingFrame last)
    {
        lock (_lock)
        {
            Array.ForEach(_queues, queue => queue.Clear());
            if (!_completed)
            {
                _queues[0].Enqueue(last);
            }
            _completed = true;
        }
        _available.Release(2);
    }

    /// <summary>The next frame, as soon as there is one; null when there will be none.</summary>
    public async ValueTask<IOutgoingFrame?> TakeAsync(CancellationToken cancellationToken)
    {
        while (true)
        {
            await _available.WaitAsync(cancellationToken).ConfigureAwait(false);
            if (Next(out var frame))
            {
                return frame;
            }
        }
    }

    /// <summary>The next frame if there is one.</summary>
    public IOutgoingFrame? TryTake() => _available.Wait(0) && Next(out var frame) ? frame : null;

    // True with null at the end.
    private bool Next(out IOutgoingFrame? frame)
    {
        lock (_lock)
        {
            foreach (var queue in _queues)
            {
                if (queue.TryDequeue(out frame))
                {
                    return true;
                }
            }
            frame = null;
            if (_completed)
            {
                // For the next call, and for other writers.
                _available.Release();
            }
            return _completed;
        }
    }

    public void Dispose() => _available.Dispose();
}

/// <summary>Who goes first.</summary>
internal enum OutboxPriority
{
    Control,
    Result,
    Partial,
}
