using Grpc.Core;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Routing;
using Microsoft.Extensions.DependencyInjection;
using ProjectedGan.AllReduce.Frames;
using ProjectedGan.AllReduce.Groups;
using ProjectedGan.AllReduce.SharedMemory;

namespace ProjectedGan.AllReduce.Transport;

/// <summary>
/// Where peers meet: one object a process, which opens sessions and admits the streams of peers to them. Thread-safe. Needs
/// <see cref="PeerServices.AddCollectivePeers"/>.
/// </summary>
public sealed class PeerServer : IDisposable
{
    private readonly Lock _lock = new();
    private readonly CollectiveOptions _options;
    private readonly Dictionary<(string Run, long Epoch), CollectiveSession> _sessions = [];
    private TaskCompletionSource _changed = NewSignal();

    /// <exception cref="ArgumentException">An option is out of range.</exception>
    public PeerServer(CollectiveOptions options)
    {
        options.Validate();
        _options = options;
    }

    internal CollectiveOptions Options => _options;

    internal FrameBufferPool Buffers { get; } = new();

    /// <summary>Maps the service of the peers; the endpoint must speak HTTP/2 (<see cref="PeerServices.ConfigureForPeers"/>).</summary>
    /// <returns>For conventions such as authorisation.</returns>
    /// <exception cref="InvalidOperationException">The host's services hold another server.</exception>
    public GrpcServiceEndpointConventionBuilder MapPeers(IEndpointRouteBuilder endpoints) => endpoints.ServiceProvider.GetService<PeerServer>() == this
        ? endpoints.MapGrpcService<PeerService>()
        : throw new InvalidOperationException("The host's services hold another peer server.");

    /// <summary>Joins a membership epoch and returns when this worker is connected to all members.</summary>
    /// <param name="group">The epoch's members.</param>
    /// <param name="observer">Hears of trouble and of bytes.</param>
    /// <param name="cancellationToken">Gives up.</param>
    /// <exception cref="ArgumentException">The group is no group.</exception>
    /// <exception cref="InvalidOperationException">This worker is in a session of the run and epoch already.</exception>
    /// <exception cref="CollectiveException">A peer could not be reached in time, or takes the group to be another.</exception>
    public async Task<CollectiveSession> OpenAsync(CollectiveGroup group, ICollectiveObserver observer, CancellationToken cancellationToken)
    {
        group.Validate();
        var session = new CollectiveSession(group, _options, observer, new StateFetcher(this), Forget);
        Register(session);
        var dialer = new PeerDialer(this, session);
        using var patience = new CancellationTokenSource(_options.OpenTimeout, _options.TimeProvider);
        using var either = CancellationTokenSource.CreateLinkedTokenSource(cancellationToken, patience.Token);
        try
        {
            dialer.Start(either.Token);
            await session.Links.Connected.WaitAsync(either.Token).ConfigureAwait(false);
            return session;
        }
        catch (Exception exception)
        {
            // Not cancelled by the caller and not ended by a failure that the session knows: time is up.
            var failure = session.AbortReason ?? (cancellationToken.IsCancellationRequested ? exception : TooLate(session, dialer));
            session.Abort(failure);
            await session.DisposeAsync().ConfigureAwait(false);
            cancellationToken.ThrowIfCancellationRequested();
            throw failure as CollectiveException ?? new CollectiveException(failure.Message, failure);
        }
    }

    /// <summary>Frees the memory for frames; sessions are disposed before.</summary>
    public void Dispose() => Buffers.Dispose();

    internal static MessageFrame Greet(CollectiveSession session, MemoryOffer? memory = null)
    {
        var header = session.Template;
        header.Kind = FrameKind.Hello;
        return new MessageFrame(header, (session.Greeting with { Memory = memory }).ToBytes());
    }

    internal CancellationTokenSource NewTimeout(CancellationToken cancellationToken)
    {
        var source = CancellationTokenSource.CreateLinkedTokenSource(cancellationToken);
        source.CancelAfter(_options.AdmissionTimeout);
        return source;
    }

    /// <summary>The session of an introduction, which may open a moment later.</summary>
    /// <exception cref="RpcException">It does not open in time, or its epoch is over.</exception>
    internal async Task<CollectiveSession> FindAsync(Hello hello, CancellationToken cancellationToken)
    {
        while (true)
        {
            Task changed;
            lock (_lock)
            {
                if (_sessions.TryGetValue((hello.Run, hello.Epoch), out var session))
                {
                    return session;
                }
                if (_sessions.Keys.Where(key => key.Run == hello.Run && key.Epoch > hello.Epoch).Select(key => _sessions[key]).FirstOrDefault() is { } newer)
                {
                    newer.Observer.Refused(hello.Sender, RefusalReason.StaleEpoch);
                    throw new RpcException(new Status(StatusCode.Aborted, $"Epoch {hello.Epoch} of run '{hello.Run}' is over; this worker is in epoch {newer.Group.Epoch}."));
                }
                changed = _changed.Task;
            }
            try
            {
                await changed.WaitAsync(cancellationToken).ConfigureAwait(false);
            }
            catch (OperationCanceledException)
            {
                throw new RpcException(new Status(StatusCode.FailedPrecondition, $"This worker is not in epoch {hello.Epoch} of run '{hello.Run}'."));
            }
        }
    }

    private static TaskCompletionSource NewSignal() => new(TaskCreationOptions.RunContinuationsAsynchronously);

    private CollectiveException TooLate(CollectiveSession session, PeerDialer dialer)
    {
        var missing = session.Links.Missing();
        foreach (var worker in missing)
        {
            session.Observer.PeerUnreachable(worker, Detail(worker));
        }
        return new CollectiveException(
            $"No connection to {string.Join(", ", missing.Select(worker => $"'{worker}'"))} within {_options.OpenTimeout.TotalSeconds:0.#} s"
            + (missing is [var first, ..] ? $": {Detail(first)}" : "."));

        string Detail(string worker) => dialer.LastFailure(worker) ?? Silence(session.Group, session.Group.IndexOf(worker));
    }

    // Of two members the earlier one calls, and this one may be the one that is called.
    private static string Silence(CollectiveGroup group, int peer)
    {
        var (caller, called) = (group.Members[Math.Min(peer, group.SelfIndex)], group.Members[Math.Max(peer, group.SelfIndex)]);
        return $"Worker '{caller.Worker}' did not come through to worker '{called.Worker}' at {called.Address}; see its --advertise";
    }

    private void Register(CollectiveSession session)
    {
        TaskCompletionSource changed;
        lock (_lock)
        {
            if (!_sessions.TryAdd((session.Group.Run, session.Group.Epoch), session))
            {
                throw new InvalidOperationException($"This worker is in epoch {session.Group.Epoch} of run '{session.Group.Run}' already.");
            }
            (changed, _changed) = (_changed, NewSignal());
        }
        changed.SetResult();
    }

    private void Forget(CollectiveSession session)
    {
        lock (_lock)
        {
            _sessions.Remove((session.Group.Run, session.Group.Epoch));
        }
    }
}
