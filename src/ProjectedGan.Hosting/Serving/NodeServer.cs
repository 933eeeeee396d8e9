using System.Collections;
using System.Net;
using System.Net.Security;
using System.Security.Authentication;
using Grpc.HealthCheck;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Hosting;
using Microsoft.AspNetCore.Hosting.Server;
using Microsoft.AspNetCore.Hosting.Server.Features;
using Microsoft.AspNetCore.Http;
using Microsoft.AspNetCore.Server.Kestrel.Core;
using Microsoft.AspNetCore.Server.Kestrel.Https;
using Microsoft.Extensions.Configuration;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.DependencyInjection.Extensions;
using Microsoft.Extensions.Hosting;
using Microsoft.Extensions.Logging;
using ProjectedGan.Foundation;
using ProjectedGan.Hosting.Security;
using ProjectedGan.Telemetry.Hosting;
using ProjectedGan.Telemetry.Security;
using RpcDescriptor = Google.Protobuf.Reflection.ServiceDescriptor;

namespace ProjectedGan.Hosting.Serving;

/// <summary>Puts Kestrel, gRPC, transport security, authorisation and limits together.</summary>
public static class NodeServer
{
    // A machine that vanished is noticed by unanswered pings long before TCP gives up.
    private static readonly TimeSpan PingInterval = TimeSpan.FromSeconds(5);
    private static readonly TimeSpan PingPatience = TimeSpan.FromSeconds(5);

    /// <summary>A builder to which the role adds its services; the server listens when the application starts.</summary>
    /// <param name="options">Where it listens, and to whom.</param>
    /// <param name="logLevel">The least level that is logged.</param>
    /// <param name="services">Those of the role, whose health can be asked for by name.</param>
    public static WebApplicationBuilder CreateBuilder(NodeServerOptions options, LogLevel logLevel, params RpcDescriptor[] services)
    {
        var builder = WebApplication.CreateSlimBuilder();
        // Files and variables meant for other ASP.NET applications must not open ports here.
        builder.Configuration.Sources.Clear();
        builder.Configuration.AddInMemoryCollection(TelemetryVariables());
        NodeLogging.AddTo(builder.Logging, logLevel);
        builder.WebHost.UseKestrelHttpsConfiguration().ConfigureKestrel(kestrel => Configure(kestrel, options));
        builder.Services.AddSingleton(options).AddSingleton(options.Identity).AddSingleton(options.Access).AddSingleton(options.Limits).AddSingleton(TimeProvider.System);
        builder.Services.AddSingleton<Authorizer>().AddSingleton<CallGates>().AddSingleton<PortRules>();
        builder.Services.AddSingleton<LimitInterceptor>().AddSingleton<AuthorizationInterceptor>().AddSingleton<StatusMapping>().AddSingleton<ErrorInterceptor>();
        builder.Services.AddGrpc(grpc =>
        {
            grpc.MaxReceiveMessageSize = options.Limits.MessageBytes;
            grpc.Interceptors.Add<ErrorInterceptor>();
            grpc.Interceptors.Add<AuthorizationInterceptor>();
            grpc.Interceptors.Add<LimitInterceptor>();
        });
        builder.Services.AddGrpcReflection();
        // The node says itself when it serves, so that there are no checks to run.
        builder.Services.AddGrpcHealthChecks(health =>
        {
            health.UseHealthChecksCache = true;
            health.Services.Clear();
        });
        builder.Services.AddSingleton(provider => new NodeHealth(provider.GetRequiredService<HealthServiceImpl>(), services));
        // The command line handles signals; a second handler would end the process behind its back.
        builder.Services.RemoveAll<IHostLifetime>().AddSingleton<IHostLifetime, SilentLifetime>();
        return builder;
    }

    /// <summary>Starts listening.</summary>
    /// <exception cref="UsageException">The address is in use or not this machine's.</exception>
    public static async Task StartAsync(WebApplication application, NodeServerOptions options, CancellationToken cancellation)
    {
        try
        {
            await application.StartAsync(cancellation);
        }
        catch (IOException error)
        {
            throw new UsageException($"Cannot listen on {options.Listen.Describe(options.Listen.Port)}: {error.Message} Choose another address, or port 0 for any free one.", error);
        }
    }

    /// <summary>The addresses that the started server got, with the ports that the system chose.</summary>
    public static (string Api, string? Metrics) Addresses(WebApplication application, NodeServerOptions options)
    {
        int[] ports = [.. application.Services.GetRequiredService<IServer>().Features.Get<IServerAddressesFeature>()!.Addresses.Select(address => BindingAddress.Parse(address).Port)];
        return (options.Listen.Describe(ports[0]), options.Metrics?.Describe(ports[1]));
    }

    /// <summary>
    /// Serves what every node has: health and reflection over gRPC; metrics and probes over HTTP/1.1 on their own port, which are
    /// <c>/metrics</c>, <c>/healthz</c> (alive) and <c>/readyz</c>.
    /// </summary>
    public static void MapShared(WebApplication application)
    {
        var rules = application.Services.GetRequiredService<PortRules>();
        application.Use((context, next) =>
        {
            if (rules.Serves(context))
            {
                return next(context);
            }

            context.Response.StatusCode = StatusCodes.Status404NotFound;
            return Task.CompletedTask;
        });
        application.MapGrpcHealthChecksService();
        application.MapGrpcReflectionService();
        application.MapPganMetrics();
        var identity = application.Services.GetRequiredService<TransportIdentity>();
        if (identity.Certificate is not null)
        {
            application.Services.GetRequiredService<CertificateInstruments>().Watch(() => identity.Certificate!.Certificate.NotAfter);
        }

        application.MapGet(PortRules.AlivePath, static () => Results.Text("alive\n"));
        var health = application.Services.GetRequiredService<NodeHealth>();
        application.MapGet(PortRules.ReadyPath, () => health.IsServing ? Results.Text("ready\n") : Results.Text("not ready\n", statusCode: StatusCodes.Status503ServiceUnavailable));
    }

    private static IEnumerable<KeyValuePair<string, string?>> TelemetryVariables() =>
        from DictionaryEntry variable in Environment.GetEnvironmentVariables()
        where ((string)variable.Key).StartsWith("OTEL_", StringComparison.Ordinal)
        select KeyValuePair.Create((string)variable.Key, (string?)variable.Value);

    private static void Configure(KestrelServerOptions kestrel, NodeServerOptions options)
    {
        kestrel.AddServerHeader = false;
        kestrel.Limits.MaxConcurrentConnections = options.Limits.Connections;
        kestrel.Limits.Http2.KeepAlivePingDelay = PingInterval;
        kestrel.Limits.Http2.KeepAlivePingTimeout = PingPatience;
        // Uploads are bounded by the artifact store, not by the request.
        kestrel.Limits.MaxRequestBodySize = null;
        Listen(kestrel, options.Listen, listen =>
        {
            listen.Protocols = options.Web == WebPlacement.ApiPort ? HttpProtocols.Http1AndHttp2 : HttpProtocols.Http2;
            if (options.Listen.IsTls)
            {
                listen.UseHttps(new TlsHandshakeCallbackOptions { OnConnection = _ => ValueTask.FromResult(Handshake(options.Identity)) });
            }
        });
        if (options.Metrics is { } metrics)
        {
            Listen(kestrel, metrics, listen => listen.Protocols = HttpProtocols.Http1);
        }
    }

    private static void Listen(KestrelServerOptions kestrel, ListenAddress address, Action<ListenOptions> configure)
    {
        if (address.Interface is { } one)
        {
            kestrel.Listen(new IPEndPoint(one, address.Port), configure);
        }
        else
        {
            kestrel.ListenAnyIP(address.Port, configure);
        }
    }

    // Made for each connection: the files may have changed since the one before.
    private static SslServerAuthenticationOptions Handshake(TransportIdentity identity) => new()
    {
        ServerCertificateContext = identity.Certificate!.Context,
        ClientCertificateRequired = identity.Options.RequireClient,
        EnabledSslProtocols = SslProtocols.Tls12 | SslProtocols.Tls13,
        RemoteCertificateValidationCallback = (_, certificate, _, _) => !identity.Options.RequireClient || identity.TrustClient(certificate),
    };

    private sealed class SilentLifetime : IHostLifetime
    {
        public Task WaitForStartAsync(CancellationToken cancellationToken) => Task.CompletedTask;

        public Task StopAsync(CancellationToken cancellationToken) => Task.CompletedTask;
    }
}

/// <summary>A server of this process: the coordinator's public API, or a worker's side of the peer exchange.</summary>
public sealed record NodeServerOptions
{
    public required ListenAddress Listen { get; init; }

    /// <summary>Where HTTP/1.1 serves metrics and health; null serves none. A plain-text port speaks either HTTP/2 or HTTP/1.1, so that it cannot be the same.</summary>
    public ListenAddress? Metrics { get; init; }

    public required TransportIdentity Identity { get; init; }

    public required AccessPolicy Access { get; init; }

    /// <summary>Where the web page is; none by default.</summary>
    public WebPlacement Web { get; init; }

    public CallLimits Limits { get; init; } = new();
}

/// <summary>Which of a server's two ports shows the web page.</summary>
public enum WebPlacement
{
    /// <summary>Neither: the server has none, or it would be open to callers whom the API refuses.</summary>
    None,

    /// <summary>The port of metrics, HTTP/1.1: browsers speak no HTTP/2 without TLS.</summary>
    MetricsPort,

    /// <summary>The port of the API, with its TLS.</summary>
    ApiPort,
}
