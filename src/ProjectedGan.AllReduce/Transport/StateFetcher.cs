using Grpc.Core;
using ProjectedGan.AllReduce.Groups;
using ProjectedGan.AllReduce.StateTransfer;

namespace ProjectedGan.AllReduce.Transport;

/// <summary>Fetches states from peers.</summary>
internal sealed class StateFetcher(PeerServer server)
{
    /// <summary>See <see cref="CollectiveSession.FetchStateAsync"/>.</summary>
    public async Task<byte[]> FetchAsync(CollectiveSession session, GroupMember source, StateImage target, CancellationToken cancellationToken)
    {
        using var either = CancellationTokenSource.CreateLinkedTokenSource(cancellationToken, session.Links.Stopping);
        using var channel = PeerDialer.Connect(server.Options, source.Address);
        using var receiver = new StateReceiver(source.Worker, target);
        try
        {
            using var call = channel.CreateCallInvoker().AsyncServerStreamingCall(
                FrameMethods.ClientFetchState(server.Buffers), null, new CallOptions(cancellationToken: either.Token), PeerServer.Greet(session));
            while (await call.ResponseStream.MoveNext(either.Token).ConfigureAwait(false))
            {
                var frame = call.ResponseStream.Current;
                session.Observer.BytesReceived(source.Worker, frame.Length);
                try
                {
                    session.Fetching(receiver.Accept, frame);
                }
                finally
                {
                    frame.Return();
                }
            }
        }
        catch (CollectiveException exception) when (receiver.IsDamaged)
        {
            session.Observer.ChecksumFailed(source.Worker, exception.Message);
            session.Abort(exception);
            throw;
        }
        catch (Exception exception) when (exception is RpcException or IOException)
        {
            cancellationToken.ThrowIfCancellationRequested();
            var failure = new CollectiveException($"The state of worker '{source.Worker}' at {source.Address} could not be fetched: {(exception as RpcException)?.Status.Detail ?? exception.Message}", exception);
            if (!IsAnEnd(exception) && session.AbortReason is null)
            {
                session.Observer.PeerUnreachable(source.Worker, failure.Message);
                session.Abort(failure);
            }
            throw failure;
        }
        return receiver.Result ?? throw new CollectiveException($"The state of worker '{source.Worker}' ended before it was complete.");
    }

    // The source has ended its session, or has not begun it: it says so, and the coordinator hears it from itself.
    private static bool IsAnEnd(Exception exception) =>
        exception is RpcException { StatusCode: StatusCode.Aborted or StatusCode.Cancelled or StatusCode.FailedPrecondition };
}
