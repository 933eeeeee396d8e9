using System.Net;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Hosting;
using Microsoft.AspNetCore.Server.Kestrel.Core;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Logging;
using ProjectedGan.AllReduce.Groups;
using ProjectedGan.AllReduce.Transport;

namespace ProjectedGan.AllReduce.Tests.Support;

/// <summary>A worker's server on a port of the kernel's choice.</summary>
internal sealed class PeerHost : IAsyncDisposable
{
    private readonly WebApplication _application;

    private PeerHost(WebApplication application) => _application = application;

    public PeerServer Server => _application.Services.GetRequiredService<PeerServer>();

    public Uri Address => new(_application.Urls.Single());

    public static async Task<PeerHost> StartAsync(CollectiveOptions options)
    {
        var builder = WebApplication.CreateSlimBuilder();
        builder.Logging.ClearProviders();
        builder.Services.AddCollectivePeers(options);
        builder.WebHost.ConfigureKestrel(kestrel =>
        {
            kestrel.Limits.ConfigureForPeers();
            kestrel.Listen(IPAddress.Loopback, 0, listen => listen.Protocols = HttpProtocols.Http2);
        });
        var application = builder.Build();
        application.Services.GetRequiredService<PeerServer>().MapPeers(application);
        await application.StartAsync().Within("a server to start");
        return new PeerHost(application);
    }

    /// <summary>Cuts all connections that were made to this worker.</summary>
    public Task KillAsync() => _application.StopAsync(new CancellationToken(canceled: true));

    public async ValueTask DisposeAsync() => await _application.DisposeAsync();
}
