using Grpc.Core;
using Microsoft.Extensions.Logging;

namespace ProjectedGan.Node.Hosting;

/// <summary>Turns every failure of a service into a status; the outermost of the interceptors.</summary>
internal sealed class ErrorInterceptor(ILogger<ErrorInterceptor> logger) : CallInterceptor
{
    protected override async Task<TResult> AroundAsync<TResult>(ServerCallContext context, Func<Task<TResult>> next)
    {
        try
        {
            return await next();
        }
        catch (Exception error)
        {
            // A caller that went away breaks its streams; that is no failure of ours.
            if (context.CancellationToken.IsCancellationRequested)
            {
                throw new RpcException(new Status(StatusCode.Cancelled, "The caller went away."));
            }

            if (StatusMapping.Map(error) is { } mapped)
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
