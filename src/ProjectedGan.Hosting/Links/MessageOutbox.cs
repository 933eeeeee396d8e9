namespace ProjectedGan.Hosting.Links;

/// <summary>
/// Messages on their way to the coordinator. The coordinator handles a stream in order, so that its answer to a status confirms what was
/// written before that status; the rest is written again on the next stream. Its handlers are idempotent. Thread-safe.
/// </summary>
/// <typeparam name="TMessage">A message of the stream.</typeparam>
internal sealed class MessageOutbox<TMessage>
    where TMessage : class
{
    private const int MostPassing = 256;
    private readonly List<(TMessage Message, Importance Importance)> _messages = [];
    private readonly Queue<int> _writtenBeforeStatus = [];
    private readonly Lock _lock = new();
    private int _written;

    public void Add(TMessage message, Importance importance)
    {
        lock (_lock)
        {
            _messages.Add((message, importance));
            if (_messages.Skip(_written).Count(entry => entry.Importance == Importance.Passing) > MostPassing)
            {
                _messages.RemoveAt(_messages.FindIndex(_written, entry => entry.Importance == Importance.Passing));
            }
        }
    }

    /// <summary>A new stream begins: nothing is written on it yet.</summary>
    public void Restart()
    {
        lock (_lock)
        {
            _written = 0;
            _writtenBeforeStatus.Clear();
        }
    }

    /// <summary>The next message to write; null when all are written.</summary>
    public TMessage? Next()
    {
        lock (_lock)
        {
            return _written < _messages.Count ? _messages[_written++].Message : null;
        }
    }

    /// <summary>A status is about to be written.</summary>
    public void StatusFollows()
    {
        lock (_lock)
        {
            _writtenBeforeStatus.Enqueue(_written);
        }
    }

    /// <summary>The oldest unanswered status was answered.</summary>
    public void Confirm()
    {
        lock (_lock)
        {
            if (!_writtenBeforeStatus.TryDequeue(out var confirmed))
            {
                return;
            }
            _messages.RemoveRange(0, confirmed);
            _written -= confirmed;
            // The counts are from the list's beginning, which has moved.
            for (var i = _writtenBeforeStatus.Count; i > 0; i--)
            {
                _writtenBeforeStatus.Enqueue(_writtenBeforeStatus.Dequeue() - confirmed);
            }
        }
    }
}

/// <summary>What becomes of a message that cannot be sent for long.</summary>
public enum Importance
{
    /// <summary>The oldest are dropped.</summary>
    Passing,

    /// <summary>Kept until confirmed.</summary>
    Lasting,
}
