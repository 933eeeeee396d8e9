using System.Net.Http.Headers;
using System.Net.Security;
using Grpc.Net.Client;
using ProjectedGan.Foundation;

namespace ProjectedGan.Hosting.Security;

/// <summary>
/// The one place that opens channels: from clients, workers and evaluators to the coordinator, and between peers. Each carries the
/// process's certificate, trust and token.
/// </summary>
public static class NodeChannel
{
    // A dead machine answers nothing: without pings a stream to it would look healthy for the minutes that TCP takes.
    private static readonly TimeSpan PingInterval = TimeSpan.FromSeconds(5);
    private static readonly TimeSpan PingPatience = TimeSpan.FromSeconds(5);
    private static readonly TimeSpan ConnectPatience = TimeSpan.FromSeconds(5);

    /// <param name="address">http or https, host and port.</param>
    /// <param name="identity">Who this process is.</param>
    /// <param name="largestMessage">Bytes of the largest message that is taken; null for gRPC's 4 MiB.</param>
    public static GrpcChannel Open(Uri address, TransportIdentity identity, int? largestMessage = null)
    {
        GrpcChannelOptions options = new() { HttpHandler = Handler(address, identity), DisposeHttpClient = true };
        if (largestMessage is { } bytes)
        {
            options.MaxReceiveMessageSize = bytes;
        }

        return GrpcChannel.ForAddress(address, options);
    }

    /// <summary>The HTTP half of a channel, for callers with settings of their own. The caller may change it before its first use.</summary>
    public static SocketsHttpHandler Sockets(Uri address, TransportIdentity identity) => new()
    {
        EnableMultipleHttp2Connections = true,
        ConnectTimeout = ConnectPatience,
        KeepAlivePingDelay = PingInterval,
        KeepAlivePingTimeout = PingPatience,
        PooledConnectionIdleTimeout = Timeout.InfiniteTimeSpan,
        // Proxies of the environment are for the internet, not for the nodes of one cluster.
        UseProxy = false,
        SslOptions = new SslClientAuthenticationOptions
        {
            RemoteCertificateValidationCallback = (_, certificate, chain, errors) => identity.TrustServer(address.Authority, certificate, chain, errors),
            LocalCertificateSelectionCallback = (_, _, _, _, _) => identity.Certificate?.Certificate!,
        },
    };

    /// <summary>Adds this process's token to every call that goes through <paramref name="inner"/>.</summary>
    public static HttpMessageHandler WithToken(HttpMessageHandler inner, TransportIdentity identity) =>
        identity.Options.Token is { } token ? new TokenHandler(token) { InnerHandler = inner } : inner;

    /// <exception cref="UsageException">The text is no address.</exception>
    public static Uri ParseAddress(string option, string text) =>
        Uri.TryCreate(text, UriKind.Absolute, out Uri? address) && address.Scheme is "http" or "https" && address is { PathAndQuery: "/", Host.Length: > 0 }
            ? address
            : throw new UsageException($"{option}: '{text}' is no address; use http://HOST:PORT or https://HOST:PORT.");

    private static HttpMessageHandler Handler(Uri address, TransportIdentity identity) => WithToken(Sockets(address, identity), identity);

    private sealed class TokenHandler(string token) : DelegatingHandler
    {
        private readonly AuthenticationHeaderValue _header = new("Bearer", token);

        protected override Task<HttpResponseMessage> SendAsync(HttpRequestMessage request, CancellationToken cancellationToken)
        {
            request.Headers.Authorization = _header;
            return base.SendAsync(request, cancellationToken);
        }
    }
}
