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
