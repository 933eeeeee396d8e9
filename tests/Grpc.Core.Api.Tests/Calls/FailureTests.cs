using Grpc.Net.Client;

namespace Grpc.Core.Api.Tests.Calls;

public class FailureTests
{
    [Fact]
    public async Task Handler_Throws_ClientGetsStatusAndTrailers()
    {
        await using var server = await EchoServer.StartAsync();
        using var channel = GrpcChannel.ForAddress(server.Address);

        var failure = await Assert.ThrowsAsync<RpcException>(async () => await new Echo.EchoClient(channel).UnaryAsync(new EchoMessage { Text = "fail" }));

        Assert.Equal(StatusCode.FailedPrecondition, failure.StatusCode);
        Assert.Equal("asked to fail", failure.Status.Detail);
        Assert.Equal("test", failure.Trailers.GetValue("reason"));
        Assert.Equal(new byte[] { 1, 2, 3 }, failure.Trailers.GetValueBytes("detail-bin"));
        Assert.Equal("Status(StatusCode=\"FailedPrecondition\", Detail=\"asked to fail\")", failure.Message);
    }

    [Fact]
    public async Task Deadline_Passes_BothSidesStop()
    {
        await using var server = await EchoServer.StartAsync();
        using var channel = GrpcChannel.ForAddress(server.Address);
        var client = new Echo.EchoClient(channel);
        await client.UnaryAsync(new EchoMessage { Text = "connect" });

        var deadline = DateTime.UtcNow + TimeSpan.FromMilliseconds(300);
        var failure = await Assert.ThrowsAsync<RpcException>(async () => await client.UnaryAsync(new EchoMessage { Text = "wait" }, deadline: deadline));

        Assert.Equal(StatusCode.DeadlineExceeded, failure.StatusCode);
        if (server.Seen.Waiting.IsCompleted)
        {
            await Waiting.ForAsync(server.Seen.Cancelled, "the server's handler to see the deadline");
            Assert.NotEqual(DateTime.MaxValue, server.Seen.Deadline);
        }
    }

    [Fact]
    public async Task Cancellation_WhileTheServerWorks_BothSidesStop()
    {
        await using var server = await EchoServer.StartAsync();
        using var channel = GrpcChannel.ForAddress(server.Address);
        using var cancellation = new CancellationTokenSource();

        using var call = new Echo.EchoClient(channel).UnaryAsync(new EchoMessage { Text = "wait" }, new CallOptions(cancellationToken: cancellation.Token));
        await Waiting.ForAsync(server.Seen.Waiting, "the call to reach the server");
        await cancellation.CancelAsync();
        var failure = await Assert.ThrowsAsync<RpcException>(async () => await call);

        Assert.Equal(StatusCode.Cancelled, failure.StatusCode);
        await Waiting.ForAsync(server.Seen.Cancelled, "the server's handler to see the cancellation");
    }

    [Fact]
    public async Task Dispose_RunningCall_CancelsIt()
    {
        await using var server = await EchoServer.StartAsync();
        using var channel = GrpcChannel.ForAddress(server.Address);

        var call = new Echo.EchoClient(channel).UnaryAsync(new EchoMessage { Text = "wait" });
        await Waiting.ForAsync(server.Seen.Waiting, "the call to reach the server");
        call.Dispose();

        await Waiting.ForAsync(server.Seen.Cancelled, "the server's handler to see the cancellation");
        Assert.Equal(StatusCode.Cancelled, (await Assert.ThrowsAsync<RpcException>(async () => await call)).StatusCode);
    }

    [Fact]
    public async Task Server_Absent_ClientGetsUnavailableWithItsCause()
    {
        string address;
        await using (var server = await EchoServer.StartAsync())
        {
            address = server.Address;
        }

        using var channel = GrpcChannel.ForAddress(address);
        var failure = await Assert.ThrowsAsync<RpcException>(async () => await new Echo.EchoClient(channel).UnaryAsync(new EchoMessage()));

        Assert.Equal(StatusCode.Unavailable, failure.StatusCode);
        Assert.NotNull(failure.Status.DebugException);
        Assert.Same(failure.Status.DebugException, failure.InnerException);
        Assert.Contains("DebugException=", failure.Message, StringComparison.Ordinal);
    }
}
