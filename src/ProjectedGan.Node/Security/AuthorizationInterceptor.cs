using System.Security.Cryptography.X509Certificates;
using Grpc.Core;
using ProjectedGan.Node.Hosting;

namespace ProjectedGan.Node.Security;

/// <summary>
/// Lets a call through when its token's role allows the method. Without a tokens file the transport decides alone: a certificate where
/// the server asks for one, else the loopback interface.
/// </summary>
internal sealed class AuthorizationInterceptor(AccessPolicy policy) : CallInterceptor
{
    protected override Task<TResult> AroundAsync<TResult>(ServerCallContext context, Func<Task<TResult>> next)
    {
        Authorize(context);
        return next();
    }

    private static string? Bearer(ServerCallContext context)
    {
        const string Scheme = "Bearer ";
        string? header = context.RequestHeaders.GetValue("authorization");
        return header is not null && header.StartsWith(Scheme, StringComparison.OrdinalIgnoreCase) ? header[Scheme.Length..].Trim() : null;
    }

    private void Authorize(ServerCallContext context)
    {
        if (MethodRoles.IsOpen(context.Method))
        {
            return;
        }

        if (policy.Tokens is not { } tokens)
        {
            X509Certificate2? certificate = context.GetHttpContext().Connection.ClientCertificate;
            (certificate is null ? Caller.Local : new Caller(certificate.GetNameInfo(X509NameType.SimpleName, forIssuer: false))).AttachTo(context);
            return;
        }

        string text = Bearer(context) ?? throw Refused(StatusCode.Unauthenticated, "This coordinator asks for a token: give --token or PGAN_TOKEN (header 'authorization: Bearer TOKEN').");
        Token token = tokens.Find(text) ?? throw Refused(StatusCode.Unauthenticated, "The token is unknown here; ask the operator for one.");
        if (!MethodRoles.Allows(context.Method, token.Role))
        {
            throw Refused(StatusCode.PermissionDenied, $"The token of '{token.Name}' has the role {token.Role.ToString().ToLowerInvariant()}, which may not call {context.Method}.");
        }

        new Caller(token.Name).AttachTo(context);
    }

    private static RpcException Refused(StatusCode code, string message) => new(new Status(code, message));
}
