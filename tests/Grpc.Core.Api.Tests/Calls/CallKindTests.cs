using Grpc.Net.Client;

namespace Grpc.Core.Api.Tests.Calls;

public class CallKindTests
{
    [Fact]
    public async Task Unary_Asynchronous_ReturnsMessageHeadersStatusAndTrailers()
    {
        await using var server = await EchoServer.StartAsync();
        using var channel = GrpcChannel.ForAddress(server.Address);
        var client = new Echo.EchoClient(channel);

        using var call = client.UnaryAsync(new EchoMessage { Text = "hello" }, new Metadata { { "Asked-By", "test" }, { "raw-bin", [0, 255, 7] } });
        var reply = await call;

        Assert.Equal("hello", reply.Text);
        Assert.Equal("echo", (await call.ResponseHeadersAsync).GetValue("served-by"));
        Assert.Equal(StatusCode.OK, call.GetStatus().StatusCode);
        Assert.Equal("1", call.GetTrailers().GetValue("SEEN"));
        Assert.Equal("test", server.Seen.Headers.GetValue("asked-by"));
        Assert.Equal(new byte[] { 0, 255, 7 }, server.Seen.Headers.GetValueBytes("raw-bin"));
        Assert.Equal("/tests.Echo/Unary", server.Seen.Method);
        Assert.StartsWith("ipv4:127.0.0.1:", server.Seen.Peer, StringComparison.Ordinal);
        Assert.Equal(DateTime.MaxValue, server.Seen.Deadline);
        Assert.False(server.Seen.IsPeerAuthenticated);
    }

    [Fact]
    public async Task Unary_Blocking_ReturnsMessage()
    {
        await using var server = await EchoServer.StartAsync();
        using var channel = GrpcChannel.ForAddress(server.Address);
        var client = new Echo.EchoClient(channel);

        var reply = await Task.Run(() => client.Unary(new EchoMessage { Text = "hello" }));

        Assert.Equal("hello", reply.Text);
    }

    [Fact]
    public async Task ClientStreaming_SeveralRequests_OneResponse()
    {
        await using var server = await EchoServer.StartAsync();
        using var channel = GrpcChannel.ForAddress(server.Address);

        using var call = new Echo.EchoClient(channel).Collect();
        await call.RequestStream.WriteAsync(new EchoMessage { Text = "a" });
        await call.RequestStream.WriteAsync(new EchoMessage { Text = "b" });
        await call.RequestStream.CompleteAsync();

        Assert.Equal("a,b", (await call).Text);
        Assert.Equal(StatusCode.OK, call.GetStatus().StatusCode);
    }

    [Fact]
    public async Task ServerStreaming_OneRequest_ResponsesInOrderThenTrailers()
    {
        await using var server = await EchoServer.StartAsync();
        using var channel = GrpcChannel.ForAddress(server.Address);

        using var call = new Echo.EchoClient(channel).Expand(new EchoMessage { Text = "xyz" });
        var letters = new List<string>();
        await foreach (var message in call.ResponseStream.ReadAllAsync())
        {
            letters.Add(message.Text);
        }

        Assert.Equal(["x", "y", "z"], letters);
        Assert.Equal("3", call.GetTrailers().GetValue("count"));
    }

    [Fact]
    public async Task DuplexStreaming_RequestAfterResponse_Alternates()
    {
        await using var server = await EchoServer.StartAsync();
        using var channel = GrpcChannel.ForAddress(server.Address);

        using var call = new Echo.EchoClient(channel).Chat();
        foreach (string text in new[] { "one", "two" })
        {
            await call.RequestStream.WriteAsync(new EchoMessage { Text = text }, CancellationToken.None);
            Assert.True(await call.ResponseStream.MoveNext());
            Assert.Equal("re: " + text, call.ResponseStream.Current.Text);
        }

        await call.RequestStream.CompleteAsync();
        Assert.False(await call.ResponseStream.MoveNext());
        Assert.Equal(StatusCode.OK, call.GetStatus().StatusCode);
    }
}
