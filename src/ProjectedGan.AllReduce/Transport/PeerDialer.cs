using System.Collections.Concurrent;
using Grpc.Core;
using Grpc.Net.Client;
using ProjectedGan.AllReduce.Frames;
using ProjectedGan.AllReduce.Groups;
using ProjectedGan.AllReduce.SharedMemory;

namespace ProjectedGan.AllReduce.Transport;

/// <summary>Calls the later members of a group; members start at slightly different moments, so it calls again until it is told to stop.</summary>
internal sealed class PeerDialer(PeerServer server, CollectiveSession session)
{
    private static readonly TimeSpan FirstPause = TimeSpan.FromMilliseconds(50);
    private static readonly TimeSpan LongestPause = TimeSpan.FromSeconds(1);

    private readonly ConcurrentDictionary<string, string> _failures = new();

    /// <summary>Why a worker could not be reached; null if nothing is known.</summary>
    public string? LastFailure(string worker) => _failures.GetValueOrDefault(worker);

    /// <summary>Starts a stream for each connection; each runs until the session ends.</summary>
    /// <param name="connecting">Ends the attempts, not the streams that are there.</param>
    public void Start(CancellationToken connecting)
    {
        for (var peer = session.Group.SelfIndex + 1; peer < session.Group.Members.Count; peer++)
        {
            var member = peer;
            for (var i = 0; i < server.Options.ConnectionsPerPeer; i++)
            {
                _ = Task.Run(() => RunAsync(member, connecting), CancellationToken.None);
            }
        }
    }

    // Underneath, because gRPC's own words for it tell the call and not the cause.
    private static string Reason(Exception exception)
    {
        var answer = (exception as RpcException)?.Status;
        var text = answer is { DebugException: null } ? answer.Value.Detail : (answer?.DebugException ?? exception).GetBaseException().Message;
        return text.TrimEnd('.');
    }

    // Its failures end in the session or in LastFailure.
    private async Task RunAsync(int peer, CancellationToken connecting)
    {
        var member = session.Group.Members[peer];
        var pause = FirstPause;
        while (!connecting.IsCancellationRequested && session.AbortReason is null)
        {
            try
            {
                await TalkAsync(peer, member, connecting).ConfigureAwait(false);
                return;
            }
            catch (RpcException exception) when (exception.StatusCode is StatusCode.InvalidArgument or StatusCode.Aborted or StatusCode.Unauthenticated or StatusCode.PermissionDenied)
            {
                var refusal = new CollectiveException($"Worker '{member.Worker}' at {member.Address} refused the exchange: {exception.Status.Detail}", exception);
                if (exception.StatusCode != StatusCode.Aborted)
                {
                    // It would refuse the next epoch's too.
                    session.Observer.PeerUnreachable(member.Worker, refusal.Message);
                }
                session.Abort(refusal);
                return;
            }
            catch (Exception exception) when (!connecting.IsCancellationRequested)
            {
                _failures[member.Worker] =
                    $"Worker '{session.Group.Self}' cannot reach worker '{member.Worker}' at {member.Address}: {Reason(exception)}; see its --advertise";
            }
            catch (Exception)
            {
                // Time is up: what ends the last attempt says less than what ended the one before.
            }
            await Task.Delay(pause, server.Options.TimeProvider, connecting).ConfigureAwait(ConfigureAwaitOptions.SuppressThrowing);
            pause = pause * 2 < LongestPause ? pause * 2 : LongestPause;
        }
    }

    private async Task TalkAsync(int peer, GroupMember member, CancellationToken connecting)
    {
        using var channel = Connect(server.Options, member.Address);
        using var call = channel.CreateCallInvoker().AsyncDuplexStreamingCall(FrameMethods.ClientExchange(server.Buffers), null, default);
        var stream = new ClientFrameChannel(call);
        var region = server.Options.SharedMemory ? SharedRegion.TryCreate(server.Options.SharedSlots, server.Options.ChunkBytes + FrameHeader.Bytes) : null;
        using var shared = region is null ? null : new SharedMemoryChannel(stream, region, isCaller: true);
        await stream.WriteAsync(PeerServer.Greet(session, region?.Offer), more: false, connecting).ConfigureAwait(false);
        var answer = await stream.ReadAsync(connecting).ConfigureAwait(false) ?? throw new IOException("The stream ended at once.");
        var hello = Hello.Read(answer);
        answer.Return();
        if (hello is null || hello.Sender != member.Worker)
        {
            throw new IOException($"The address belongs to {(hello is null ? "no worker of this version" : $"worker '{hello.Sender}'")}.");
        }
        IFrameChannel frames = hello.Memory is not null && shared is not null ? shared : stream;
        if (await session.Links.RunAsync(peer, frames).ConfigureAwait(false) && session.AbortReason is null)
        {
            await call.RequestStream.CompleteAsync().ConfigureAwait(false);
        }
    }

    public static GrpcChannel Connect(CollectiveOptions options, Uri address) => (options.CreateChannel ?? PeerChannels.Create)(address);
}

/// <summary>Channels to peers with what bulk transfer needs: a connection each, wide windows, and pings that find a dead peer.</summary>
public static class PeerChannels
{
    private const int StreamWindowBytes = 8 << 20;

    /// <summary>A channel without TLS or credentials.</summary>
    public static GrpcChannel Create(Uri address) => GrpcChannel.ForAddress(address, Options(Handler()));

    /// <summary>A handler to add certificates to; <see cref="Options"/> makes it a channel's.</summary>
    public static SocketsHttpHandler Handler() => new()
    {
        InitialHttp2StreamWindowSize = StreamWindowBytes,
        KeepAlivePingDelay = TimeSpan.FromSeconds(5),
        KeepAlivePingTimeout = TimeSpan.FromSeconds(5),
        KeepAlivePingPolicy = HttpKeepAlivePingPolicy.WithActiveRequests,
        PooledConnectionIdleTimeout = TimeSpan.FromMinutes(1),
        ConnectTimeout = TimeSpan.FromSeconds(5),
        UseProxy = false,
    };

    /// <summary>Options that the channel of a peer needs: the channel owns the handler, messages are at most a frame, nothing is retried.</summary>
    public static GrpcChannelOptions Options(HttpMessageHandler handler) => new()
    {
        HttpHandler = handler,
        DisposeHttpClient = true,
        MaxReceiveMessageSize = CollectiveOptions.MostFrameBytes,
        MaxSendMessageSize = null,
        MaxRetryAttempts = null,
    };
}
