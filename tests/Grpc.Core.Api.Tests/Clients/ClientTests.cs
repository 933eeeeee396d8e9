using Grpc.Core.Api.Tests.Calls;

namespace Grpc.Core.Api.Tests.Clients;

public class ClientTests
{
    [Fact]
    public void Client_WithoutChannel_EveryCallSaysSo()
    {
        var client = new Double();

        var failure = Assert.Throws<NotImplementedException>(() => client.UnaryAsync(new EchoMessage()));

        Assert.Contains("/tests.Echo/Unary", failure.Message, StringComparison.Ordinal);
    }

    [Fact]
    public void WithHost_Calls_AskTheInvokerForThatHost()
    {
        var invoker = new HostRecorder();

        _ = new Echo.EchoClient(invoker).UnaryAsync(new EchoMessage());
        _ = new Echo.EchoClient(invoker).WithHost("a.example").UnaryAsync(new EchoMessage());
        _ = new Echo.EchoClient(invoker).WithHost("a.example").WithHost("b.example").UnaryAsync(new EchoMessage());

        Assert.Equal([null, "a.example", "b.example"], invoker.Hosts);
    }

    [Fact]
    public void CallOptions_WithMethods_ChangeACopy()
    {
        var options = new CallOptions(deadline: DateTime.UnixEpoch);

        var changed = options.WithWaitForReady().WithHeaders(Metadata.Empty).WithDeadline(DateTime.MaxValue);

        Assert.True(changed.IsWaitForReady);
        Assert.Same(Metadata.Empty, changed.Headers);
        Assert.Equal(DateTime.MaxValue, changed.Deadline);
        Assert.Equal(DateTime.UnixEpoch, options.Deadline);
        Assert.False(options.IsWaitForReady);
        Assert.Null(options.Headers);
    }

    [Fact]
    public void Builder_SameMethodTwice_IsRefused()
    {
        var method = new Method<string, string>(MethodType.Unary, "tests.Echo", "Unary", Marshallers.StringMarshaller, Marshallers.StringMarshaller);
        UnaryServerMethod<string, string> handler = (request, _) => Task.FromResult(request);
        var builder = ServerServiceDefinition.CreateBuilder().AddMethod(method, handler);

        Assert.Throws<ArgumentException>(() => builder.AddMethod(method, handler));
        Assert.Equal("/tests.Echo/Unary", method.FullName);
    }

    private sealed class Double : Echo.EchoClient;

    private sealed class HostRecorder : CallInvoker
    {
        public List<string?> Hosts { get; } = [];

        public override AsyncUnaryCall<TResponse> AsyncUnaryCall<TRequest, TResponse>(Method<TRequest, TResponse> method, string? host, CallOptions options, TRequest request)
        {
            Hosts.Add(host);
            return new(new TaskCompletionSource<TResponse>().Task, Task.FromResult(Metadata.Empty), () => Status.DefaultSuccess, () => Metadata.Empty, () => { });
        }

        public override TResponse BlockingUnaryCall<TRequest, TResponse>(Method<TRequest, TResponse> method, string? host, CallOptions options, TRequest request) =>
            throw new NotSupportedException();

        public override AsyncServerStreamingCall<TResponse> AsyncServerStreamingCall<TRequest, TResponse>(Method<TRequest, TResponse> method, string? host, CallOptions options, TRequest request) =>
            throw new NotSupportedException();

        public override AsyncClientStreamingCall<TRequest, TResponse> AsyncClientStreamingCall<TRequest, TResponse>(Method<TRequest, TResponse> method, string? host, CallOptions options) =>
            throw new NotSupportedException();

        public override AsyncDuplexStreamingCall<TRequest, TResponse> AsyncDuplexStreamingCall<TRequest, TResponse>(Method<TRequest, TResponse> method, string? host, CallOptions options) =>
            throw new NotSupportedException();
    }
}
