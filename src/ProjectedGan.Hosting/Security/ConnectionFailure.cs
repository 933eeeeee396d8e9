using System.Security.Authentication;
using Grpc.Core;

namespace ProjectedGan.Hosting.Security;

/// <summary>Why a call did not get through to the other side, in words for its user.</summary>
public static class ConnectionFailure
{
    /// <summary>Whether a call failed before the other side had it.</summary>
    public static bool Is(RpcException error) => error.StatusCode is StatusCode.Unavailable or StatusCode.Internal && error.Status.DebugException is not null;

    /// <summary>A sentence or two, without what the other side is called.</summary>
    public static string Describe(RpcException error)
    {
        if (Cause<CertificateRefusedException>(error) is { } refused)
        {
            return refused.Message;
        }

        // A server that asks for a certificate closes the connection behind the client's back, which is in the middle of its first request then.
        bool wasClosed = Cause<ObjectDisposedException>(error) is not null;
        string reason = wasClosed ? "it closed the connection" : (Cause<AuthenticationException>(error) ?? error.Status.DebugException?.GetBaseException() ?? error).Message.TrimEnd('.');
        bool mayBeTls = wasClosed || Cause<AuthenticationException>(error) is not null || Cause<IOException>(error) is not null;
        return reason + (mayBeTls
            ? ". Check that both sides use TLS alike: https with --tls-ca, and --tls-cert and --tls-key where the coordinator asks for a certificate."
            : ". Is it running, and is --coordinator right?");
    }

    /// <summary>The first cause of a kind; null without.</summary>
    public static T? Cause<T>(RpcException error)
        where T : Exception
    {
        for (Exception? cause = error.Status.DebugException ?? error.InnerException; cause is not null; cause = cause.InnerException)
        {
            if (cause is T found)
            {
                return found;
            }
        }

        return null;
    }
}
