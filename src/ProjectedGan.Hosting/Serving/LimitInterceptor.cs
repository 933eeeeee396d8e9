using Grpc.Core;

namespace ProjectedGan.Hosting.Serving;

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
