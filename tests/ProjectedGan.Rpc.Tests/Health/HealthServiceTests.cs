using Grpc.Core;
using Grpc.Health.V1;
using ProjectedGan.Rpc.Health;
using ProjectedGan.Rpc.Tests.Hosting;
using static Grpc.Health.V1.HealthCheckResponse.Types;

namespace ProjectedGan.Rpc.Tests.Health;

public class HealthServiceTests
{
    [Fact]
    public async Task Check_Node_DoesNotServeUntilItIsSaid()
    {
        await using var node = await SharedNode.StartAsync();
        var client = new Grpc.Health.V1.Health.HealthClient(node.Channel);

        var before = await client.CheckAsync(new HealthCheckRequest());
        node.Statuses.Set(ServingStatuses.Node, ServingStatus.Serving);
        var after = await client.CheckAsync(new HealthCheckRequest());

        Assert.Equal(ServingStatus.NotServing, before.Status);
        Assert.Equal(ServingStatus.Serving, after.Status);
    }

    [Fact]
    public async Task Check_UnknownService_IsNotFoundAndNamed()
    {
        await using var node = await SharedNode.StartAsync();
        var client = new Grpc.Health.V1.Health.HealthClient(node.Channel);

        var failure = await Assert.ThrowsAsync<RpcException>(async () => await client.CheckAsync(new HealthCheckRequest { Service = "absent" }));

        Assert.Equal(StatusCode.NotFound, failure.StatusCode);
        Assert.Contains("'absent'", failure.Status.Detail, StringComparison.Ordinal);
    }

    [Fact]
    public async Task Watch_Changes_ArriveOnceEachAndTheClientMayLeave()
    {
        await using var node = await SharedNode.StartAsync();
        using (var call = new Grpc.Health.V1.Health.HealthClient(node.Channel).Watch(new HealthCheckRequest { Service = "part" }, deadline: Deadline()))
        {
            Assert.Equal(ServingStatus.ServiceUnknown, await NextAsync(call));
            node.Statuses.Set("part", ServingStatus.Serving);
            Assert.Equal(ServingStatus.Serving, await NextAsync(call));
            node.Statuses.Set("part", ServingStatus.Serving);
            node.Statuses.Set("another", ServingStatus.NotServing);
            node.Statuses.SetAll(ServingStatus.NotServing);
            Assert.Equal(ServingStatus.NotServing, await NextAsync(call));
        }

        await node.StopAsync();
        Assert.Empty(node.Errors);
    }

    [Fact]
    public async Task Watch_NodeStops_EndsAsUnavailable()
    {
        await using var node = await SharedNode.StartAsync();
        using var call = new Grpc.Health.V1.Health.HealthClient(node.Channel).Watch(new HealthCheckRequest(), deadline: Deadline());
        Assert.Equal(ServingStatus.NotServing, await NextAsync(call));

        var stop = node.StopAsync();
        var failure = await Assert.ThrowsAsync<RpcException>(() => call.ResponseStream.MoveNext(CancellationToken.None));

        Assert.Equal(StatusCode.Unavailable, failure.StatusCode);
        await stop;
        Assert.Empty(node.Errors);
    }

    [Fact]
    public async Task Peer_ChecksAndWatches_SeesEachStatus()
    {
        await using var node = await SharedNode.StartAsync();
        node.Statuses.Set(ServingStatuses.Node, ServingStatus.Serving);
        using var peer = new GrpcPeer(node.Address, "health");

        await peer.ExpectAsync("node 1");
        await peer.ExpectAsync("absent NOT_FOUND");
        await peer.ExpectAsync("later 3");
        node.Statuses.Set("later", ServingStatus.Serving);
        await peer.ExpectAsync("later 1");
        node.Statuses.Set("later", ServingStatus.NotServing);
        await peer.ExpectAsync("later 2");
        await peer.ExpectAsync("done");
        await node.StopAsync();
        Assert.Empty(node.Errors);
    }

    // A limit that no machine needs, so that a lost message fails the test rather than hanging it.
    private static DateTime Deadline() => DateTime.UtcNow.AddMinutes(1);

    private static async Task<ServingStatus> NextAsync(AsyncServerStreamingCall<HealthCheckResponse> call)
    {
        Assert.True(await call.ResponseStream.MoveNext(), "The watch ended.");
        return call.ResponseStream.Current.Status;
    }
}
