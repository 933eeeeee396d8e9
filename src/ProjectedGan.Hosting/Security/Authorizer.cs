using System.Security.Cryptography.X509Certificates;
using Grpc.Core;
using Microsoft.AspNetCore.Http;

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

        var text = Bearer(authorization) ?? throw Refused(StatusCode.Unauthenticated, "This coordinator asks for a token: give --token or PGAN_TOKEN (header 'authorization: Bearer TOKEN').");
        var token = tokens.Find(text) ?? throw Refused(StatusCode.Unauthenticated, "The token is unknown here; ask the operator for one.");
        return MethodRoles.Allows(method, token.Role)
            ? new Caller(token.Name)
            : throw Refused(StatusCode.PermissionDenied, $"The token of '{token.Name}' has the role {token.Role.ToString().ToLowerInvariant()}, which may not call {method}.");
    }

    private static string? Bearer(string? header) =>
        header is not null && header.StartsWith(Scheme, StringComparison.OrdinalIgnoreCase) ? header[Scheme.Length..].Trim() : null;

    private static RpcException Refused(StatusCode code, string message) => new(new Status(code, message));
}

/// <summary>Who may call a server.</summary>
/// <param name="Tokens">The tokens that calls must carry; null where none are asked for.</param>
public sealed record AccessPolicy(TokenBook? Tokens);

/// <summary>Who calls.</summary>
/// <param name="Name">The token's name, the certificate's, or <c>local</c> where neither is asked for.</param>
public sealed record Caller(string Name)
{
    private static readonly object Key = new();

    public static Caller Local { get; } = new("local");

    /// <summary>The caller of this call.</summary>
    public static Caller Of(ServerCallContext context) => context.UserState.TryGetValue(Key, out var caller) ? (Caller)caller : Local;

    /// <summary>The caller of this web request.</summary>
    public static Caller Of(HttpContext context) => context.Items.TryGetValue(Key, out var caller) ? (Caller)caller! : Local;

    public void AttachTo(ServerCallContext context) => context.UserState[Key] = this;

    public void AttachTo(HttpContext context) => context.Items[Key] = this;
}

/// <summary>Which roles may call which method.</summary>
internal static class MethodRoles
{
    private static readonly HashSet<string> Reading = ["Get", "List", "Watch", "GetResult", "Download", "GetSampleImage", "ListNodes"];

    /// <summary>Whether anybody may call it: load balancers know no tokens.</summary>
    public static bool IsOpen(string method) => method.StartsWith("/grpc.health.", StringComparison.Ordinal);

    /// <param name="method">/package.Service/Method. Unknown services are for nobody.</param>
    /// <param name="role">The caller's role.</param>
    public static bool Allows(string method, Role role)
    {
        var parts = method.Split('/');
        return parts.Length == 3 && parts[1] switch
        {
            "pgan.v1.Experiments" => role == Role.Submit || (role == Role.Read && Reading.Contains(parts[2])),
            "pgan.v1.Artifacts" => parts[2] != "Upload" || role is Role.Submit or Role.Worker,
            "pgan.v1.Cluster" => role == Role.Worker,
            "grpc.reflection.v1.ServerReflection" or "grpc.reflection.v1alpha.ServerReflection" => true,
            var service => service.StartsWith("pgan.v1.", StringComparison.Ordinal) && role == Role.Worker,
        };
    }
}
