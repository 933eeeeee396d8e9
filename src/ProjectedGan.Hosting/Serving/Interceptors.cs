using Grpc.Core;
using Grpc.Core.Interceptors;
using Microsoft.Extensions.Logging;
using ProjectedGan.Hosting.Security;

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

/// <summary>Refuses calls above the limits with RESOURCE_EXHAUSTED, before they cost anything.</summary>
internal sealed class LimitInterceptor(CallGates gates) : CallInterceptor
{
    protected override async Task<TResult> AroundAsync<TResult>(ServerCallContext context, Func<Task<TResult>> next)
    {
        using (gates.Enter(context.Method))
        {
            return await next();
        }
    }
}

/// <summary>Asks the <see cref="Authorizer"/> about every call, and attaches the caller to it.</summary>
internal sealed class AuthorizationInterceptor(Authorizer authorizer) : CallInterceptor
{
    protected override Task<TResult> AroundAsync<TResult>(ServerCallContext context, Func<Task<TResult>> next)
    {
        if (!MethodRoles.IsOpen(context.Method))
        {
            authorizer.Authorize(context.Method, context.RequestHeaders.GetValue("authorization"), context.GetHttpContext().Connection.ClientCertificate).AttachTo(context);
        }

        return next();
    }
}

/// <summary>Turns every failure of a service into a status; the outermost of the interceptors.</summary>
public sealed partial class ErrorInterceptor(StatusMapping statuses, ILogger<ErrorInterceptor> logger) : CallInterceptor
{
    // The server breaks the caller's stream first, and says a moment later that it has gone.
    private static readonly TimeSpan Moment = TimeSpan.FromMilliseconds(200);

    /// <summary>Whether a failure only shows that the caller has gone away.</summary>
    public static async Task<bool> CallerGoneAsync(Exception error, CancellationToken gone)
    {
        if (error is IOException && !gone.IsCancellationRequested)
        {
            await Task.Delay(Moment, TimeProvider.System, gone).ConfigureAwait(ConfigureAwaitOptions.SuppressThrowing);
        }

        return gone.IsCancellationRequested;
    }

    protected override async Task<TResult> AroundAsync<TResult>(ServerCallContext context, Func<Task<TResult>> next)
    {
        try
        {
            return await next();
        }
        catch (Exception error)
        {
            // A caller that went away breaks its streams; that is no failure of ours.
            if (await CallerGoneAsync(error, context.CancellationToken))
            {
                throw new RpcException(new Status(StatusCode.Cancelled, "The caller went away."));
            }

            if (statuses.Map(error) is { } mapped)
            {
                LogRefused(logger, context.Method, mapped.StatusCode, mapped.Status.Detail);
                throw mapped;
            }

            var incident = Guid.NewGuid().ToString("N")[..12];
            LogFailed(logger, context.Method, incident, error);
            throw StatusMapping.Refuse(StatusCode.Internal, $"The node failed at this call; its log says why under incident {incident}.");
        }
    }

    [LoggerMessage(121, LogLevel.Debug, "{Method} is refused with {Code}: {Reason}")]
    private static partial void LogRefused(ILogger logger, string method, StatusCode code, string reason);

    [LoggerMessage(122, LogLevel.Error, "{Method} failed (incident {Incident})")]
    private static partial void LogFailed(ILogger logger, string method, string incident, Exception exception);
}
