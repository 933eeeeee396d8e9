using Grpc.Core;
using Grpc.Reflection.V1;
using ProjectedGan.Rpc.Tests.Hosting;

namespace ProjectedGan.Rpc.Tests.Reflection;

public class ReflectionServiceTests
{
    [Fact]
    public async Task Info_SeveralRequestsOnOneStream_AreAnsweredInOrder()
    {
        await using var node = await SharedNode.StartAsync();
        using var call = new ServerReflection.ServerReflectionClient(node.Channel).ServerReflectionInfo(deadline: DateTime.UtcNow.AddMinutes(1));

        var listed = await AskAsync(call, new ServerReflectionRequest { Host = "here", ListServices = "" });
        var nothing = await AskAsync(call, new ServerReflectionRequest());
        var numbers = await AskAsync(call, new ServerReflectionRequest { AllExtensionNumbersOfType = "grpc.health.v1.HealthCheckRequest" });
        var extension = await AskAsync(call, new ServerReflectionRequest { FileContainingExtension = new ExtensionRequest { ContainingType = "no.Such", ExtensionNumber = 1 } });

        Assert.Equal(
            ["grpc.health.v1.Health", "grpc.reflection.v1.ServerReflection", "grpc.reflection.v1alpha.ServerReflection", "pgan.v1.Experiments"],
            listed.ListServicesResponse.Service.Select(service => service.Name));
        Assert.Equal("here", listed.ValidHost);
        Assert.Equal("here", listed.OriginalRequest.Host);
        Assert.Equal((int)StatusCode.InvalidArgument, nothing.ErrorResponse.ErrorCode);
        Assert.Equal("grpc.health.v1.HealthCheckRequest", numbers.AllExtensionNumbersResponse.BaseTypeName);
        Assert.Equal((int)StatusCode.NotFound, extension.ErrorResponse.ErrorCode);
        await call.RequestStream.CompleteAsync();
        Assert.False(await call.ResponseStream.MoveNext());
        Assert.Empty(node.Errors);
    }

    [Fact]
    public async Task Peer_AsksInBothVersions_LearnsTheServicesFromTheServerAlone()
    {
        await using var node = await SharedNode.StartAsync();
        using var peer = new GrpcPeer(node.Address, "reflection");
        string methods = string.Join(' ', ProjectedGan.Contracts.V1.Experiments.Descriptor.Methods.Select(method => method.Name));

        foreach (string version in new[] { "v1", "v1alpha" })
        {
            await peer.ExpectAsync($"{version} services grpc.health.v1.Health grpc.reflection.v1.ServerReflection grpc.reflection.v1alpha.ServerReflection pgan.v1.Experiments");
            await peer.ExpectAsync($"{version} methods {methods}");
            await peer.ExpectAsync($"{version} file grpc.health.v1");
            await peer.ExpectAsync($"{version} absent 5");
        }

        await peer.ExpectAsync("done");
    }

    private static async Task<ServerReflectionResponse> AskAsync(
        AsyncDuplexStreamingCall<ServerReflectionRequest, ServerReflectionResponse> call, ServerReflectionRequest request)
    {
        await call.RequestStream.WriteAsync(request);
        Assert.True(await call.ResponseStream.MoveNext(), "The stream ended.");
        return call.ResponseStream.Current;
    }
}
