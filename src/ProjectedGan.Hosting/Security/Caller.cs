using Grpc.Core;
using Microsoft.AspNetCore.Http;

namespace ProjectedGan.Hosting.Security;

/// <summary>Who calls.</summary>
/// <param name="Name">The token's name, the certificate's, or <c>local</c> where neither is asked for.</param>
public sealed record Caller(string Name)
{
    private static readonly object Key = new();

    public static Caller Local { get; } = new("local");

    /// <summary>The caller of this call.</summary>
    public static Caller Of(ServerCallContext context) => context.UserState.TryGetValue(Key, out object? caller) ? (Caller)caller : Local;

    /// <summary>The caller of this web request.</summary>
    public static Caller Of(HttpContext context) => context.Items.TryGetValue(Key, out object? caller) ? (Caller)caller! : Local;

    public void AttachTo(ServerCallContext context) => context.UserState[Key] = this;

    public void AttachTo(HttpContext context) => context.Items[Key] = this;
}
