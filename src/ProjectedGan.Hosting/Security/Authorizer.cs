using System.Security.Cryptography.X509Certificates;
using Grpc.Core;

namespace ProjectedGan.Hosting.Security;

/// <summary>
/// Lets a call through when its token's role allows the method. Without a tokens file the transport decides alone: a certificate where
/// the server asks for one, else the loopback interface.
/// </summary>
public sealed class Authorizer(AccessPolicy policy)
{
    private const string Scheme = "Bearer ";

    /// <param name="method">/package.Service/Method.</param>
    /// <param name="authorization">The header of that name; null without.</param>
    /// <param name="certificate">The caller's; null without.</param>
    /// <exception cref="RpcException">UNAUTHENTICATED or PERMISSION_DENIED.</exception>
    public Caller Authorize(string method, string? authorization, X509Certificate2? certificate)
    {
        if (policy.Tokens is not { } tokens)
        {
            return certificate is null ? Caller.Local : new Caller(certificate.GetNameInfo(X509NameType.SimpleName, forIssuer: false));
        }

        string text = Bearer(authorization) ?? throw Refused(StatusCode.Unauthenticated, "This coordinator asks for a token: give --token or PGAN_TOKEN (header 'authorization: Bearer TOKEN').");
        Token token = tokens.Find(text) ?? throw Refused(StatusCode.Unauthenticated, "The token is unknown here; ask the operator for one.");
        return MethodRoles.Allows(method, token.Role)
            ? new Caller(token.Name)
            : throw Refused(StatusCode.PermissionDenied, $"The token of '{token.Name}' has the role {token.Role.ToString().ToLowerInvariant()}, which may not call {method}.");
    }

    private static string? Bearer(string? header) =>
        header is not null && header.StartsWith(Scheme, StringComparison.OrdinalIgnoreCase) ? header[Scheme.Length..].Trim() : null;

    private static RpcException Refused(StatusCode code, string message) => new(new Status(code, message));
}
