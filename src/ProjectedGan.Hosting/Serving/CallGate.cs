using Google.Protobuf.WellKnownTypes;
using Google.Rpc;
using Grpc.Core;

namespace ProjectedGan.Hosting.Serving;

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
