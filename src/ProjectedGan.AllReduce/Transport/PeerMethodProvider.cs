using Grpc.AspNetCore.Server.Model;
using ProjectedGan.AllReduce.Frames;

namespace ProjectedGan.AllReduce.Transport;

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
