using Grpc.Core;

namespace ProjectedGan.Node.Hosting;

/// <summary>Refuses calls above the limits with RESOURCE_EXHAUSTED, before they cost anything.</summary>
internal sealed class LimitInterceptor(CallLimits limits) : CallInterceptor
{
    private readonly CallGate _calls = new("calls", limits.Calls);
    private readonly CallGate _transfers = new("transfers", limits.Transfers);
    private readonly CallGate _watches = new("watching clients", limits.Watches);
    private readonly CallGate _nodes = new("nodes", limits.Nodes);

    protected override async Task<TResult> AroundAsync<TResult>(ServerCallContext context, Func<Task<TResult>> next)
    {
        using (GateOf(context.Method).Enter())
        {
            return await next();
        }
    }

    private CallGate GateOf(string method) => method[(method.LastIndexOf('/') + 1)..] switch
    {
        "Upload" or "Download" => _transfers,
        // Health and reflection are streams of clients too.
        "Watch" or "ServerReflectionInfo" => _watches,
        _ when method.StartsWith("/pgan.v1.Cluster/", StringComparison.Ordinal) || method.StartsWith("/pgan.v1.Coll", StringComparison.Ordinal) => _nodes,
        _ => _calls,
    };
}
