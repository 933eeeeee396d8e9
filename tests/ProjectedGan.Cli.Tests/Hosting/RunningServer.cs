using Grpc.Core;
using Grpc.Net.Client;
using Microsoft.AspNetCore.Builder;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Logging;
using Microsoft.Extensions.Logging.Abstractions;
using ProjectedGan.Cli.Tests.Processes;
using ProjectedGan.Hosting.Artifacts;
using ProjectedGan.Hosting.Security;
using ProjectedGan.Hosting.Serving;
using ProjectedGan.Telemetry.Hosting;

namespace ProjectedGan.Cli.Tests.Hosting;

/// <summary>A server of this process with the artifact service, on a port that the system chose.</summary>
internal sealed class RunningServer : IAsyncDisposable
{
    private readonly WebApplication _application;
    private readonly List<GrpcChannel> _channels = [];

    private RunningServer(WebApplication application, Uri address, ArtifactStore store)
    {
        _application = application;
        Address = address;
        Store = store;
    }

    public Uri Address { get; }

    public ArtifactStore Store { get; }

    public NodeHealth Health => _application.Services.GetRequiredService<NodeHealth>();

    public static async Task<RunningServer> StartAsync(
        TemporaryFolder home, TransportOptions? transport = null, string? tokens = null, CallLimits? limits = null, ArtifactStoreOptions? store = null, TimeProvider? time = null)
    {
        transport ??= new TransportOptions();
        NodeServerOptions options = new()
        {
            Listen = ListenAddress.Parse("--listen", transport.Certificate is null ? "http://127.0.0.1:0" : "https://127.0.0.1:0"),
            Identity = Identity(transport, time),
            Access = new AccessPolicy(tokens is null ? null : new TokenBook(tokens, TimeProvider.System, NullLogger.Instance)),
            Limits = limits ?? new CallLimits(),
        };
        ArtifactStore artifacts = new(home.At("artifacts"), store ?? new ArtifactStoreOptions { ReservedBytes = 0 });
        var builder = NodeServer.CreateBuilder(options, LogLevel.Warning, Protocol.V1.Artifacts.Descriptor);
        builder.Services.AddSingleton(artifacts).AddSingleton<IKnownFailures, ArtifactFailures>();
        builder.AddPganTelemetry(new TelemetryOptions { Role = "coordinator", Version = "test" });
        var application = builder.Build();
        application.MapGrpcService<ArtifactsService>();
        NodeServer.MapShared(application);
        await NodeServer.StartAsync(application, options, CancellationToken.None);
        return new(application, new Uri(NodeServer.Addresses(application, options).Api), artifacts);
    }

    public static TransportIdentity Identity(TransportOptions options, TimeProvider? time = null) => new(options, time ?? TimeProvider.System, NullLogger.Instance);

    public CallInvoker Connect(TransportOptions? transport = null)
    {
        var channel = NodeChannel.Open(Address, Identity(transport ?? new TransportOptions()));
        _channels.Add(channel);
        return channel.CreateCallInvoker();
    }

    public async ValueTask DisposeAsync()
    {
        _channels.ForEach(channel => channel.Dispose());
        await _application.DisposeAsync();
    }
}
