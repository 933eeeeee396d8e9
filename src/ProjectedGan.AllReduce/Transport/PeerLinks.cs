using ProjectedGan.AllReduce.Engine;
using ProjectedGan.AllReduce.Frames;
using ProjectedGan.AllReduce.Groups;

namespace ProjectedGan.AllReduce.Transport;

/// <summary>The streams of a session: moves frames between outboxes, channels and the session, and judges how streams end.</summary>
internal sealed class PeerLinks : IDisposable
{
    private readonly Lock _lock = new();
    private readonly GroupTopology _topology;
    private readonly CollectiveOptions _options;
    private readonly ReductionEngine _engine;
    private readonly CollectiveSession _session;
    private readonly CancellationTokenSource _stop;
    private readonly TaskCompletionSource _connected = new(TaskCreationOptions.RunContinuationsAsynchronously);
    private readonly List<Task> _running = [];
    private readonly int[] _attached;
    private readonly int[] _left;
    private bool _ending;

    public PeerLinks(GroupTopology topology, CollectiveOptions options, ReductionEngine engine, CollectiveSession session)
    {
        (_topology, _options, _engine, _session) = (topology, options, engine, session);
        _stop = new CancellationTokenSource(Timeout.InfiniteTimeSpan, options.TimeProvider);
        (_attached, _left) = (new int[topology.Members], new int[topology.Members]);
        Stopping = _stop.Token;
        if (topology.Members == 1)
        {
            _connected.SetResult();
        }
    }

    /// <summary>Ends when every stream to every peer is there; fails when the session does before.</summary>
    public Task Connected => _connected.Task;

    /// <summary>Cancelled when streams must end at once.</summary>
    public CancellationToken Stopping { get; }

    /// <summary>Peers to which a stream is missing.</summary>
    public IReadOnlyList<string> Missing()
    {
        lock (_lock)
        {
            return [.. _engine.Others().Where(peer => _attached[peer.Index] < _options.ConnectionsPerPeer).Select(peer => peer.Worker)];
        }
    }

    /// <summary>Runs a stream until it ends; false at once if the peer has all its streams or the session ends.</summary>
    public async Task<bool> RunAsync(int peer, IFrameChannel channel)
    {
        Task run;
        lock (_lock)
        {
            if (_ending || _attached[peer] == _options.ConnectionsPerPeer)
            {
                return false;
            }
            _attached[peer]++;
            run = MoveAsync(_engine.Peers[peer], channel);
            _running.Add(run);
            if (_engine.Others().All(other => _attached[other.Index] == _options.ConnectionsPerPeer))
            {
                _connected.TrySetResult();
            }
        }
        await run.ConfigureAwait(false);
        return true;
    }

    public void SendToAll(FrameKind kind, byte[] payload)
    {
        foreach (var peer in _engine.Others())
        {
            peer.Outbox.Add(Message(kind, payload), OutboxPriority.Control);
        }
    }

    /// <summary>Tells the peers why the session ends, and ends the streams soon.</summary>
    public void Abort(Exception reason)
    {
        lock (_lock)
        {
            if (_ending)
            {
                return;
            }
            _ending = true;
            _stop.CancelAfter(_options.CloseTimeout);
        }
        _connected.TrySetException(new ExchangeAbortedException(reason));
        _ = _connected.Task.Exception;
        foreach (var peer in _engine.Others())
        {
            peer.Outbox.Abort(Message(FrameKind.Abort, System.Text.Encoding.UTF8.GetBytes(reason.Message)));
        }
    }

    /// <summary>Sends what is still to be sent, then waits for the streams to end: for a bounded time on their own, then by force.</summary>
    public async Task CloseAsync()
    {
        Task all;
        lock (_lock)
        {
            _ending = true;
            all = Task.WhenAll(_running);
        }
        _connected.TrySetException(new ExchangeAbortedException(new ObjectDisposedException(nameof(CollectiveSession))));
        _ = _connected.Task.Exception;
        foreach (var peer in _engine.Others())
        {
            peer.Outbox.Complete();
        }
        await Task.WhenAny(all, Task.Delay(_options.CloseTimeout, _options.TimeProvider, CancellationToken.None)).ConfigureAwait(false);
        await _stop.CancelAsync().ConfigureAwait(false);
        await all.ConfigureAwait(false);
    }

    public void Dispose() => _stop.Dispose();

    private MessageFrame Message(FrameKind kind, byte[] payload)
    {
        var header = _engine.Template;
        header.Kind = kind;
        return new MessageFrame(header, payload);
    }

    // Never throws: how a stream ends is told to the session.
    private async Task MoveAsync(PeerState peer, IFrameChannel channel)
    {
        await Task.Yield();
        using var stop = CancellationTokenSource.CreateLinkedTokenSource(Stopping);
        var writing = WriteAsync(peer, channel, stop.Token);
        var reading = ReadAsync(peer, channel, stop.Token);
        var first = await Task.WhenAny(writing, reading).ConfigureAwait(false);
        if (first.IsFaulted || first.IsCanceled)
        {
            Broken(peer, first.Exception?.GetBaseException());
            await stop.CancelAsync().ConfigureAwait(false);
        }
        await ((Task)Task.WhenAll(writing, reading)).ConfigureAwait(ConfigureAwaitOptions.SuppressThrowing);
        if ((writing.IsFaulted ? writing : reading) is { IsFaulted: true } failed)
        {
            Broken(peer, failed.Exception!.GetBaseException());
        }
    }

    private async Task WriteAsync(PeerState peer, IFrameChannel channel, CancellationToken cancellationToken)
    {
        // A held frame must be followed by another one on the same stream, so that one is taken first.
        IOutgoingFrame? next = null;
        while ((next ?? await peer.Outbox.TakeAsync(cancellationToken).ConfigureAwait(false)) is { } frame)
        {
            next = peer.Outbox.TryTake();
            await channel.WriteAsync(frame, more: next is not null, cancellationToken).ConfigureAwait(false);
            _session.Observer.BytesSent(peer.Worker, frame.Length);
        }
        await channel.WriteAsync(Message(FrameKind.Leave, []), more: false, cancellationToken).ConfigureAwait(false);
    }

    private async Task ReadAsync(PeerState peer, IFrameChannel channel, CancellationToken cancellationToken)
    {
        while (true)
        {
            var frame = await channel.ReadAsync(cancellationToken).ConfigureAwait(false) ?? throw new IOException("The stream ended without a farewell.");
            var header = frame.Header;
            _session.Observer.BytesReceived(peer.Worker, frame.Length);
            if (header.Kind == FrameKind.Leave && header.PayloadBytes == 0 && frame.IsWhole)
            {
                frame.Return();
                Leave(peer);
                return;
            }
            _session.Receive(peer, frame);
        }
    }

    private void Leave(PeerState peer)
    {
        lock (_lock)
        {
            if (++_left[peer.Index] < _options.ConnectionsPerPeer)
            {
                return;
            }
        }
        _session.PeerLeft(peer);
    }

    private void Broken(PeerState peer, Exception? failure)
    {
        lock (_lock)
        {
            // Once this worker ends the session, or the peer has, how the stream breaks says nothing.
            if (_ending || _left[peer.Index] > 0)
            {
                return;
            }
        }
        var detail = $"The stream to worker '{peer.Worker}' at {_topology.Group.Members[peer.Index].Address} broke: {failure?.Message ?? "it was cancelled"}";
        _session.Observer.PeerUnreachable(peer.Worker, detail);
        _session.Abort(new CollectiveException(detail, failure));
    }
}
