using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Routing;
using Microsoft.Extensions.DependencyInjection;
using ProjectedGan.Rpc.Health;
using ProjectedGan.Rpc.Reflection;
using RpcDescriptor = Google.Protobuf.Reflection.ServiceDescriptor;

namespace ProjectedGan.Rpc.Hosting;

/// <summary>Adds to a node what each of them offers: health checks and reflection.</summary>
public static class NodeRpcExtensions
{
    private static readonly RpcDescriptor[] Shared =
    [
        Grpc.Health.V1.Health.Descriptor, Grpc.Reflection.V1.ServerReflection.Descriptor, Grpc.Reflection.V1Alpha.ServerReflection.Descriptor,
    ];

    /// <summary>Registers the services; <paramref name="services"/> are those of the node itself, for reflection.</summary>
    /// <remarks><see cref="ServingStatuses"/> is a singleton, which the node sets as its parts come and go.</remarks>
    public static IServiceCollection AddNodeRpc(this IServiceCollection collection, params RpcDescriptor[] services)
    {
        collection.AddGrpc();
        collection.AddSingleton<ServingStatuses>();
        collection.AddSingleton(new DescriptorIndex([.. services, .. Shared]));
        collection.AddSingleton<ReflectionService>();
        return collection;
    }

    /// <summary>Maps the health and reflection services.</summary>
    public static void MapNodeRpc(this IEndpointRouteBuilder endpoints)
    {
        endpoints.MapGrpcService<HealthService>();
        endpoints.MapGrpcService<ReflectionService>();
        endpoints.MapGrpcService<ReflectionAlphaService>();
    }
}
