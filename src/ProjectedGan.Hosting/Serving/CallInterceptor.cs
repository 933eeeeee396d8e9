using Grpc.Core;
using Grpc.Core.Interceptors;

namespace ProjectedGan.Hosting.Serving;

/// <summary>Something that happens around every call, whatever its kind.</summary>
public abstract class CallInterceptor : Interceptor
{
    public sealed override Task<TResponse> UnaryServerHandler<TRequest, TResponse>(
        TRequest request, ServerCallContext context, UnaryServerMethod<TRequest, TResponse> continuation) =>
        AroundAsync(context, () => continuation(request, context));

    public sealed override Task<TResponse> ClientStreamingServerHandler<TRequest, TResponse>(
        IAsyncStreamReader<TRequest> requestStream, ServerCallContext context, ClientStreamingServerMethod<TRequest, TResponse> continuation) =>
        AroundAsync(context, () => continuation(requestStream, context));

    public sealed override Task ServerStreamingServerHandler<TRequest, TResponse>(
        TRequest request, IServerStreamWriter<TResponse> responseStream, ServerCallContext context, ServerStreamingServerMethod<TRequest, TResponse> continuation) =>
        AroundAsync(context, () => Nothing(continuation(request, responseStream, context)));

    public sealed override Task DuplexStreamingServerHandler<TRequest, TResponse>(
        IAsyncStreamReader<TRequest> requestStream, IServerStreamWriter<TResponse> responseStream, ServerCallContext context,
        DuplexStreamingServerMethod<TRequest, TResponse> continuation) =>
        AroundAsync(context, () => Nothing(continuation(requestStream, responseStream, context)));

    /// <param name="context">The call.</param>
    /// <param name="next">The rest of the way to the service.</param>
    protected abstract Task<TResult> AroundAsync<TResult>(ServerCallContext context, Func<Task<TResult>> next);

    private static async Task<bool> Nothing(Task task)
    {
        await task;
        return true;
    }
}
