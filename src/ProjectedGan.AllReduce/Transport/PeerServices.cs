using Grpc.AspNetCore.Server.Model;
using Grpc.Core;
using Microsoft.AspNetCore.Connections;
using Microsoft.AspNetCore.Server.Kestrel.Core;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.DependencyInjection.Extensions;
using ProjectedGan.AllReduce.Frames;
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

/// <summary>Tells the gRPC server of the hand-bound methods.</summary>
internal sealed class PeerMethodProvider(PeerServer server) : IServiceMethodProvider<PeerService>
{
    public void OnServiceMethodDiscovery(ServiceMethodProviderContext<PeerService> context)
    {
        context.AddDuplexStreamingMethod<FrameBuffer, IOutgoingFrame>(
            FrameMethods.ServerExchange(server.Buffers), [], (service, requests, responses, call) => service.ExchangeAsync(requests, responses, call));
        context.AddServerStreamingMethod<FrameBuffer, IOutgoingFrame>(
            FrameMethods.ServerFetchState(server.Buffers), [], (service, request, responses, call) => service.FetchStateAsync(request, responses, call));
    }
}

/// <summary>The methods of <c>pgan.v1.Collective</c>, bound by hand: a message is a frame, so that tensors go from their memory into the transport's buffer and back.</summary>
internal static class FrameMethods
{
    private const string Service = "pgan.v1.Collective";

    public static Method<IOutgoingFrame, FrameBuffer> ClientExchange(FrameBufferPool pool) =>
        new(MethodType.DuplexStreaming, Service, "Exchange", Outgoing(), Incoming(pool));

    public static Method<FrameBuffer, IOutgoingFrame> ServerExchange(FrameBufferPool pool) =>
        new(MethodType.DuplexStreaming, Service, "Exchange", Incoming(pool), Outgoing());

    public static Method<IOutgoingFrame, FrameBuffer> ClientFetchState(FrameBufferPool pool) =>
        new(MethodType.ServerStreaming, Service, "FetchState", Outgoing(), Incoming(pool));

    public static Method<FrameBuffer, IOutgoingFrame> ServerFetchState(FrameBufferPool pool) =>
        new(MethodType.ServerStreaming, Service, "FetchState", Incoming(pool), Outgoing());

    private static Marshaller<IOutgoingFrame> Outgoing() => new(Write, _ => throw new NotSupportedException("Frames are received as buffers."));

    private static Marshaller<FrameBuffer> Incoming(FrameBufferPool pool) => new(
        (_, _) => throw new NotSupportedException("Buffers are only received."),
        context => FrameBuffer.Copy(pool, context.PayloadAsReadOnlySequence()));

    private static void Write(IOutgoingFrame frame, SerializationContext context)
    {
        var length = frame.Length;
        context.SetPayloadLength(length);
        var writer = context.GetBufferWriter();
        frame.WriteTo(writer.GetSpan(length)[..length]);
        writer.Advance(length);
        context.Complete();
    }
}
