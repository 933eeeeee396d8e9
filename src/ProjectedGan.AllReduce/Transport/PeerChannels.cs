using Grpc.Net.Client;
using ProjectedGan.AllReduce.Groups;

namespace ProjectedGan.AllReduce.Transport;

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
