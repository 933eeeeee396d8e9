using System.Diagnostics;
using Grpc.Core;
using ProjectedGan.AllReduce.Frames;
using ProjectedGan.AllReduce.Groups;
using ProjectedGan.AllReduce.SharedMemory;
using ProjectedGan.AllReduce.StateTransfer;

namespace ProjectedGan.AllReduce.Transport;

/// <summary>Answers the calls of peers.</summary>
/// <remarks>
/// Status codes: INVALID_ARGUMENT for a stream that does not introduce itself or names another group, FAILED_PRECONDITION for a run and epoch that
/// this worker does not know (yet), ABORTED for an epoch that is over, ALREADY_EXISTS for a stream too many.
/// </remarks>
internal sealed class PeerService(PeerServer server)
{
    public async Task ExchangeAsync(IAsyncStreamReader<FrameBuffer> requests, IServerStreamWriter<IOutgoingFrame> responses, ServerCallContext call)
    {
        var stream = new ServerFrameChannel(requests, responses);
        using var patience = server.NewTimeout(call.CancellationToken);
        CollectiveSession session;
        int sender;
        MemoryOffer? offer;
        try
        {
            var first = await stream.ReadAsync(patience.Token).ConfigureAwait(false) ?? throw Error(StatusCode.InvalidArgument, "The stream carries nothing.");
            (session, sender, offer) = await AdmitAsync(first, patience.Token).ConfigureAwait(false);
        }
        catch (OperationCanceledException) when (patience.IsCancellationRequested)
        {
            throw Error(StatusCode.InvalidArgument, "The stream did not introduce itself in time.");
        }
        if (sender >= session.Group.SelfIndex)
        {
            throw Error(StatusCode.InvalidArgument, "Of two members the earlier one calls.");
        }
        var region = server.Options.SharedMemory && offer is not null ? SharedRegion.TryOpen(offer) : null;
        using var shared = region is null ? null : new SharedMemoryChannel(stream, region, isCaller: false);
        await responses.WriteAsync(PeerServer.Greet(session, region?.Offer), call.CancellationToken).ConfigureAwait(false);
        if (!await session.Links.RunAsync(sender, shared ?? (IFrameChannel)stream).ConfigureAwait(false))
        {
            throw Error(StatusCode.AlreadyExists, $"Worker '{session.Group.Members[sender].Worker}' has its streams already.");
        }
    }

    public async Task FetchStateAsync(FrameBuffer request, IServerStreamWriter<IOutgoingFrame> responses, ServerCallContext call)
    {
        using var patience = server.NewTimeout(call.CancellationToken);
        var (session, sender, _) = await AdmitAsync(request, patience.Token).ConfigureAwait(false);
        try
        {
            var offer = await session.Served.NextAsync(call.CancellationToken).ConfigureAwait(false);
            var start = Stopwatch.GetTimestamp();
            var bytes = await StateSender.SendAsync(offer, session.Template, frame => responses.WriteAsync(frame, call.CancellationToken), call.CancellationToken).ConfigureAwait(false);
            session.Observer.StateSent(session.Group.Members[sender].Worker, bytes, Stopwatch.GetElapsedTime(start));
        }
        catch (ExchangeAbortedException exception)
        {
            throw Error(StatusCode.Aborted, exception.Message);
        }
    }

    private async Task<(CollectiveSession Session, int Sender, MemoryOffer? Memory)> AdmitAsync(FrameBuffer first, CancellationToken cancellationToken)
    {
        var hello = Hello.Read(first);
        first.Return();
        if (hello is null)
        {
            throw Error(StatusCode.InvalidArgument, "The first frame is no introduction of this version.");
        }
        var session = await server.FindAsync(hello, cancellationToken).ConfigureAwait(false);
        var sender = session.Group.IndexOf(hello.Sender);
        return sender >= 0 && hello.Group == session.Greeting.Group
            ? (session, sender, hello.Memory)
            : throw Error(StatusCode.InvalidArgument, $"Worker '{hello.Sender}' takes the group to be '{hello.Group}', here it is '{session.Greeting.Group}'.");
    }

    private static RpcException Error(StatusCode code, string detail) => new(new Status(code, detail));
}
