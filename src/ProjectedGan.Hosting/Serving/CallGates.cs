using Google.Protobuf.WellKnownTypes;
using Google.Rpc;
using Grpc.Core;

namespace ProjectedGan.Hosting.Serving;

/// <summary>The gates of <see cref="CallLimits"/>: one for each kind of call, whichever way it comes.</summary>
public sealed class CallGates(CallLimits limits)
{
    private readonly CallGate _calls = new("calls", limits.Calls);
    private readonly CallGate _transfers = new("transfers", limits.Transfers);
    private readonly CallGate _watches = new("watching clients", limits.Watches);
    private readonly CallGate _nodes = new("nodes", limits.Nodes);

    /// <param name="method">/package.Service/Method.</param>
    /// <returns>Leaves when it is disposed.</returns>
    /// <exception cref="RpcException">The limit is reached.</exception>
    public IDisposable Enter(string method) => GateOf(method).Enter();

    private CallGate GateOf(string method) => method[(method.LastIndexOf('/') + 1)..] switch
    {
        "Upload" or "Download" => _transfers,
        // Health and reflection are streams of clients too.
        "Watch" or "ServerReflectionInfo" => _watches,
        _ when method.StartsWith("/pgan.v1.Cluster/", StringComparison.Ordinal) || method.StartsWith("/pgan.v1.Coll", StringComparison.Ordinal) => _nodes,
        _ => _calls,
    };
}

/// <summary>Lets a number of calls in at once.</summary>
internal sealed class CallGate(string what, int limit)
{
    private int _inside;

    /// <returns>Leaves when it is disposed.</returns>
    /// <exception cref="RpcException">The limit is reached.</exception>
    public IDisposable Enter()
    {
        if (Interlocked.Increment(ref _inside) <= limit)
        {
            return new Exit(this);
        }

        Interlocked.Decrement(ref _inside);
        throw StatusMapping.Refuse(
            StatusCode.ResourceExhausted, $"This node serves at most {limit} {what} at once; try again in a moment.",
            new RetryInfo { RetryDelay = Duration.FromTimeSpan(TimeSpan.FromSeconds(1)) });
    }

    private sealed class Exit(CallGate gate) : IDisposable
    {
        public void Dispose() => Interlocked.Decrement(ref gate._inside);
    }
}

/// <summary>How much a server does at once. Each kind of call has a bound of its own, so that no kind can shut out another.</summary>
public sealed record CallLimits
{
    /// <summary>Short calls. Default 256.</summary>
    public int Calls { get; init; } = 256;

    /// <summary>Uploads and downloads. Default 64.</summary>
    public int Transfers { get; init; } = 64;

    /// <summary>Clients that watch experiments. Default 1,024.</summary>
    public int Watches { get; init; } = 1024;

    /// <summary>Workers and evaluators, and peers of a worker. Default 2,048.</summary>
    public int Nodes { get; init; } = 2048;

    /// <summary>Bytes of a message. Default 2 MiB: a piece of an upload has at most 1 MiB, a spec 256 KiB.</summary>
    public int MessageBytes { get; init; } = 2 << 20;

    /// <summary>Connections. Default 4,096.</summary>
    public int Connections { get; init; } = 4096;
}
