using Grpc.AspNetCore.Server.Model;
using Microsoft.AspNetCore.Connections;
using Microsoft.AspNetCore.Server.Kestrel.Core;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.DependencyInjection.Extensions;
using ProjectedGan.AllReduce.Groups;

namespace ProjectedGan.AllReduce.Transport;

/// <summary>What a host needs to serve peers.</summary>
public static class PeerServices
{
    /// <summary>Adds a <see cref="PeerServer"/> and the gRPC server with its limits.</summary>
    public static IServiceCollection AddCollectivePeers(this IServiceCollection services, CollectiveOptions options)
    {
        services.AddSingleton(_ => new PeerServer(options));
        services.AddSingleton<PeerService>();
        services.TryAddEnumerable(ServiceDescriptor.Singleton<IServiceMethodProvider<PeerService>, PeerMethodProvider>());
        // Kestrel has added its own.
        services.Replace(ServiceDescriptor.Singleton<IMemoryPoolFactory<byte>, LargeBlockPoolFactory>());
        services.AddGrpc().AddServiceOptions<PeerService>(service =>
        {
            service.MaxReceiveMessageSize = CollectiveOptions.MostFrameBytes;
            service.MaxSendMessageSize = null;
        });
        return services;
    }

    /// <summary>Sets Kestrel's windows and frames for bulk transfer, pings that find a dead peer, and no lower bound of speed: a peer that computes sends nothing.</summary>
    public static void ConfigureForPeers(this KestrelServerLimits limits)
    {
        limits.MaxRequestBodySize = null;
        limits.MinRequestBodyDataRate = null;
        limits.MinResponseDataRate = null;
        limits.MaxResponseBufferSize = 1 << 20;
        limits.Http2.InitialConnectionWindowSize = 16 << 20;
        limits.Http2.InitialStreamWindowSize = 8 << 20;
        limits.Http2.MaxFrameSize = 1 << 20;
        limits.Http2.KeepAlivePingDelay = TimeSpan.FromSeconds(5);
        limits.Http2.KeepAlivePingTimeout = TimeSpan.FromSeconds(5);
    }
}
