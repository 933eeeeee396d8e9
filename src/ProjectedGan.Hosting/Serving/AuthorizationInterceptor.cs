using Grpc.Core;
using ProjectedGan.Hosting.Security;

namespace ProjectedGan.Hosting.Serving;

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
