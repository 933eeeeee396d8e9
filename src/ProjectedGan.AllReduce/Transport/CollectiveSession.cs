using System.Text;
using System.Text.Json;
using ProjectedGan.AllReduce.Engine;
using ProjectedGan.AllReduce.Frames;
using ProjectedGan.AllReduce.Groups;
using ProjectedGan.AllReduce.Reduction;
using ProjectedGan.AllReduce.SharedMemory;
using ProjectedGan.AllReduce.StateTransfer;

namespace ProjectedGan.AllReduce.Transport;

/// <summary>
/// One worker's part in the collective operations of one membership epoch: sums over all replicas, barriers, and the transfer of a state.
/// Made by <see cref="PeerServer.OpenAsync"/>. All members are connected; the first lost peer, damaged frame or failing peer ends the session.
/// </summary>
public sealed class CollectiveSession : IGradientExchange, IAsyncDisposable
{
    private readonly ReductionEngine _engine;
    private readonly BarrierBoard _barriers;
    private readonly PeerLinks _links;
    private readonly HostStaging _staging;
    private readonly ServedState _served;
    private readonly StateFetcher _fetcher;
    private readonly Action<CollectiveSession> _ended;
    private int _disposed;

    internal CollectiveSession(CollectiveGroup group, CollectiveOptions options, ICollectiveObserver observer, StateFetcher fetcher, Action<CollectiveSession> ended)
    {
        (Group, Observer, _fetcher, _ended) = (group, observer, fetcher, ended);
        var topology = new GroupTopology(group);
        _engine = new ReductionEngine(topology, new ExchangeLimits(options.ChunkBytes, options.EagerBytes, options.GrantedBytes), observer);
        _barriers = new BarrierBoard(topology.Members, topology.Self);
        _staging = new HostStaging(_engine);
        _served = new ServedState();
        Greeting = new Hello(group.Run, group.Epoch, group.Self, Describe(group, options));
        _links = new PeerLinks(topology, options, _engine, this);
    }

    /// <summary>Who takes part.</summary>
    public CollectiveGroup Group { get; }

    /// <summary>Why the session ended before it was disposed; null while it works.</summary>
    public Exception? AbortReason => _engine.AbortReason;

    /// <inheritdoc cref="ReductionEngine.Progress"/>
    public (long Submitted, bool IsPending) Progress => _engine.Progress;

    internal ICollectiveObserver Observer { get; }

    internal Hello Greeting { get; }

    internal PeerLinks Links => _links;

    internal ServedState Served => _served;

    internal FrameHeader Template => _engine.Template;

    /// <summary>Hands over this worker's partial sums of one bucket; any thread, any order of keys.</summary>
    /// <remarks>
    /// float32 gradients travel as the group's wire type says, statistics and float64 as they are. With bfloat16 the partial sums must be
    /// rounded already (<see cref="BFloat16Rounding"/>). CUDA tensors go through page-locked memory; the calling thread's current stream orders the copies.
    /// </remarks>
    /// <exception cref="ExchangeAbortedException">The session has ended.</exception>
    /// <exception cref="ArgumentException">The partial sums are not those of this worker's maximal subtrees, or not contiguous float32 or float64 tensors of one length.</exception>
    /// <exception cref="InvalidOperationException">The key was submitted before.</exception>
    public IPendingReduction Submit(ReductionKey key, IReadOnlyList<SubtreeSum> partials) => _staging.Submit(key, partials);

    /// <summary>Returns when every member has called it with this name. A name may be used again.</summary>
    /// <param name="name">At most 256 bytes of UTF-8.</param>
    /// <param name="cancellationToken">Gives up waiting; this worker still counts as arrived.</param>
    /// <exception cref="ExchangeAbortedException">The session has ended.</exception>
    public async Task BarrierAsync(string name, CancellationToken cancellationToken)
    {
        var bytes = Encoding.UTF8.GetBytes(name);
        if (bytes.Length is 0 or > BarrierBoard.MostNameBytes)
        {
            throw new ArgumentException($"A barrier's name has 1 to {BarrierBoard.MostNameBytes} bytes, not {bytes.Length}.", nameof(name));
        }
        var reached = _barriers.Reach(name);
        _links.SendToAll(FrameKind.Barrier, bytes);
        await reached.WaitAsync(cancellationToken).ConfigureAwait(false);
    }

    /// <summary>Lets the other members fetch a state until the returned object is disposed; it must not change meanwhile.</summary>
    /// <exception cref="InvalidOperationException">One is served already.</exception>
    public IDisposable ServeState(StateImage image) => _served.Serve(image);

    /// <summary>Copies the state that another member serves into the target's tensors, waiting until it is served.</summary>
    /// <param name="source">The member.</param>
    /// <param name="target">Tensors of the same sizes and types in the same order; its header is not used.</param>
    /// <param name="cancellationToken">Gives up.</param>
    /// <returns>The source's header. All bytes have been compared with their SHA-256.</returns>
    /// <exception cref="CollectiveException">The source cannot be reached, its tensors have other sizes, or the bytes were damaged; the target's contents are undefined then.</exception>
    public Task<byte[]> FetchStateAsync(GroupMember source, StateImage target, CancellationToken cancellationToken) =>
        _fetcher.FetchAsync(this, source, target, cancellationToken);

    /// <summary>
    /// Ends the session because of a failure, here or among the members: every wait throws <see cref="ExchangeAbortedException"/>, the peers are
    /// told. When it returns no thread touches a submitted, served or fetched tensor any more.
    /// </summary>
    public void Abort(Exception reason)
    {
        _engine.Abort(reason);
        var first = _engine.AbortReason!;
        _barriers.Abort(first);
        _served.Dispose();
        _links.Abort(first);
    }

    /// <summary>Ends the session at once, without waiting for the streams to close.</summary>
    public void Dispose()
    {
        Abort(new ObjectDisposedException(nameof(CollectiveSession)));
        _ = DisposeAsync().AsTask();
    }

    /// <summary>
    /// Ends the session in good order: what is on its way is still sent, and peers that are not done yet are waited for, both for a bounded time. When it
    /// returns no thread touches a tensor any more.
    /// </summary>
    public async ValueTask DisposeAsync()
    {
        if (Interlocked.Exchange(ref _disposed, 1) == 1)
        {
            return;
        }
        _ended(this);
        await _links.CloseAsync().ConfigureAwait(false);
        Abort(new ObjectDisposedException(nameof(CollectiveSession)));
        _links.Dispose();
        _staging.Dispose();
        _engine.Dispose();
    }

    /// <summary>Takes a frame and its buffer.</summary>
    internal void Receive(PeerState peer, FrameBuffer frame)
    {
        if (_engine.AbortReason is not null)
        {
            frame.Return();
            return;
        }
        var kind = _engine.Verify(peer, frame);
        if (kind == FrameKind.Barrier)
        {
            if (_barriers.Arrive(peer.Index, frame) is { } refusal)
            {
                Observer.Refused(peer.Worker, refusal);
            }
            frame.Return();
        }
        else if (kind == FrameKind.Abort)
        {
            var text = Encoding.UTF8.GetString(frame.Payload[..Math.Min(frame.Payload.Length, 1024)]);
            frame.Return();
            Abort(new CollectiveException($"Worker '{peer.Worker}' ended the exchange: {text}"));
        }
        else if (kind is not null)
        {
            _engine.Dispatch(peer, frame);
        }
        // A failure that the engine found is the session's.
        if (_engine.AbortReason is { } reason)
        {
            Abort(reason);
        }
    }

    /// <summary>Lets a transfer write to its target, unless the session has ended.</summary>
    internal void Fetching(Action<FrameBuffer> accept, FrameBuffer frame)
    {
        if (!_engine.Gate.TryEnter())
        {
            throw _engine.Aborted();
        }
        try
        {
            accept(frame);
        }
        finally
        {
            _engine.Gate.Exit();
        }
    }

    internal void PeerLeft(PeerState peer)
    {
        _engine.Left(peer);
        if (_engine.AbortReason is { } reason)
        {
            Abort(reason);
        }
    }

    private static string Describe(CollectiveGroup group, CollectiveOptions options) =>
        $"{group.Replicas} replicas, {group.Wire}, chunks of {options.ChunkBytes} bytes, {options.EagerBytes} unasked; "
        + string.Join(", ", group.Members.Select(member => $"{member.Worker}: {member.Replicas}"));
}

/// <summary>How a stream introduces itself, as JSON in the payload of its first frame.</summary>
/// <param name="Run">The run's id.</param>
/// <param name="Epoch">The membership epoch.</param>
/// <param name="Sender">The worker's name.</param>
/// <param name="Group">What the worker takes the group and the shared options to be, as text to compare.</param>
/// <param name="Memory">Memory that the caller lets the other end share; in the answer, that it does. Null: none.</param>
internal sealed record Hello(string Run, long Epoch, string Sender, string Group, MemoryOffer? Memory = null)
{
    public const int MostBytes = 64 << 10;

    public byte[] ToBytes() => JsonSerializer.SerializeToUtf8Bytes(this);

    /// <summary>Reads a frame's payload; null if it is no introduction.</summary>
    public static Hello? Read(FrameBuffer frame)
    {
        var header = frame.Header;
        if (header.Kind != FrameKind.Hello || header.PayloadBytes > MostBytes || !frame.IsWhole)
        {
            return null;
        }
        try
        {
            return JsonSerializer.Deserialize<Hello>(frame.Payload) is { Run: not null, Sender: not null, Group: not null } hello ? hello : null;
        }
        catch (JsonException)
        {
            return null;
        }
    }
}
