using System.Net.Http.Headers;
using System.Net.Security;
using System.Security.Authentication;
using Grpc.Core;
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
        Uri.TryCreate(text, UriKind.Absolute, out var address) && address.Scheme is "http" or "https" && address is { PathAndQuery: "/", Host.Length: > 0 }
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

/// <summary>Why a call did not get through to the other side, in words for its user.</summary>
public static class ConnectionFailure
{
    /// <summary>Whether a call failed before the other side had it.</summary>
    public static bool Is(RpcException error) => error.StatusCode is StatusCode.Unavailable or StatusCode.Internal && error.Status.DebugException is not null;

    /// <summary>A sentence or two, without what the other side is called.</summary>
    public static string Describe(RpcException error)
    {
        if (Cause<CertificateRefusedException>(error) is { } refused)
        {
            return refused.Message;
        }

        // A server that asks for a certificate closes the connection behind the client's back, which is in the middle of its first request then.
        var wasClosed = Cause<ObjectDisposedException>(error) is not null;
        var reason = wasClosed ? "it closed the connection" : (Cause<AuthenticationException>(error) ?? error.Status.DebugException?.GetBaseException() ?? error).Message.TrimEnd('.');
        var mayBeTls = wasClosed || Cause<AuthenticationException>(error) is not null || Cause<IOException>(error) is not null;
        return reason + (mayBeTls
            ? ". Check that both sides use TLS alike: https with --tls-ca, and --tls-cert and --tls-key where the coordinator asks for a certificate."
            : ". Is it running, and is --coordinator right?");
    }

    /// <summary>The first cause of a kind; null without.</summary>
    public static T? Cause<T>(RpcException error)
        where T : Exception
    {
        for (var cause = error.Status.DebugException ?? error.InnerException; cause is not null; cause = cause.InnerException)
        {
            if (cause is T found)
            {
                return found;
            }
        }

        return null;
    }
}
