using Grpc.Core;
using Microsoft.Extensions.Logging;

namespace ProjectedGan.Hosting.Serving;

/// <summary>Turns every failure of a service into a status; the outermost of the interceptors.</summary>
public sealed class ErrorInterceptor(StatusMapping statuses, ILogger<ErrorInterceptor> logger) : CallInterceptor
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
                ErrorInterceptorLog.Refused(logger, context.Method, mapped.StatusCode, mapped.Status.Detail);
                throw mapped;
            }

            string incident = Guid.NewGuid().ToString("N")[..12];
            ErrorInterceptorLog.Failed(logger, context.Method, incident, error);
            throw StatusMapping.Refuse(StatusCode.Internal, $"The node failed at this call; its log says why under incident {incident}.");
        }
    }
}
