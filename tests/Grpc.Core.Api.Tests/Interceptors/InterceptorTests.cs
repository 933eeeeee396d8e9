using Grpc.Core.Api.Tests.Calls;
using Grpc.Core.Interceptors;
using Grpc.Net.Client;

namespace Grpc.Core.Api.Tests.Interceptors;

public class InterceptorTests
{
    [Fact]
    public async Task Client_SeveralInterceptors_TheFirstSeesTheCallFirst()
    {
        await using var server = await EchoServer.StartAsync();
        using var channel = GrpcChannel.ForAddress(server.Address);
        var order = new List<string>();
        var client = new Echo.EchoClient(channel.Intercept(new Recording("outer", order), new Recording("inner", order)));

        await client.UnaryAsync(new EchoMessage());
        await Task.Run(() => client.Unary(new EchoMessage()));
        using (var call = client.Collect())
        {
            await call.RequestStream.CompleteAsync();
            await call;
        }

        using (var call = client.Expand(new EchoMessage()))
        {
            Assert.False(await call.ResponseStream.MoveNext());
        }

        using (var call = client.Chat())
        {
            await call.RequestStream.CompleteAsync();
            Assert.False(await call.ResponseStream.MoveNext());
        }

        string[] kinds = ["AsyncUnary", "BlockingUnary", "AsyncClientStreaming", "AsyncServerStreaming", "AsyncDuplexStreaming"];
        Assert.Equal(kinds.SelectMany(kind => new[] { $"outer {kind}", $"inner {kind}" }), order);
    }

    [Fact]
    public async Task Client_HeaderFunction_AddsToACopyOfTheCallersHeaders()
    {
        await using var server = await EchoServer.StartAsync();
        using var channel = GrpcChannel.ForAddress(server.Address);
        var own = new Metadata { { "own", "1" } };
        var client = new Echo.EchoClient(channel.Intercept(headers =>
        {
            headers.Add("added", "2");
            return headers;
        }));

        await client.UnaryAsync(new EchoMessage(), own);

        Assert.Equal("1", server.Seen.Headers.GetValue("own"));
        Assert.Equal("2", server.Seen.Headers.GetValue("added"));
        Assert.Single(own);
    }

    [Fact]
    public async Task Server_Interceptor_StepsIntoEveryKindOfCall()
    {
        var order = new List<string>();
        await using var server = await EchoServer.StartAsync(configure: options => options.Interceptors.Add<Recording>("server", order));
        using var channel = GrpcChannel.ForAddress(server.Address);
        var client = new Echo.EchoClient(channel);

        Assert.Equal("hello", (await client.UnaryAsync(new EchoMessage { Text = "hello" })).Text);
        using var collect = client.Collect();
        await collect.RequestStream.CompleteAsync();
        await collect;
        using var expand = client.Expand(new EchoMessage());
        Assert.False(await expand.ResponseStream.MoveNext());
        using var chat = client.Chat();
        await chat.RequestStream.CompleteAsync();
        Assert.False(await chat.ResponseStream.MoveNext());

        Assert.Equal(["server Unary", "server ClientStreaming", "server ServerStreaming", "server DuplexStreaming"], order);
    }

    [Fact]
    public async Task Client_InterceptorThatOverridesNothing_ChangesNothing()
    {
        await using var server = await EchoServer.StartAsync();
        using var channel = GrpcChannel.ForAddress(server.Address);

        var reply = await new Echo.EchoClient(channel.CreateCallInvoker().Intercept(new Silent())).UnaryAsync(new EchoMessage { Text = "hello" });

        Assert.Equal("hello", reply.Text);
    }

    private sealed class Silent : Interceptor;
}
