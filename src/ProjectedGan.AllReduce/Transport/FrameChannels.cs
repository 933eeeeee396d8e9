using Grpc.Core;
using ProjectedGan.AllReduce.Frames;

namespace ProjectedGan.AllReduce.Transport;

/// <summary>The end of a stream that was called.</summary>
internal sealed class ServerFrameChannel(IAsyncStreamReader<FrameBuffer> requests, IServerStreamWriter<IOutgoingFrame> responses) : IFrameChannel
{
    private static readonly WriteOptions Hold = new(WriteFlags.BufferHint);

    public Task WriteAsync(IOutgoingFrame frame, bool more, CancellationToken cancellationToken)
    {
        responses.WriteOptions = more ? Hold : null;
        return responses.WriteAsync(frame, cancellationToken);
    }

    public async Task<FrameBuffer?> ReadAsync(CancellationToken cancellationToken) =>
        await requests.MoveNext(cancellationToken).ConfigureAwait(false) ? requests.Current : null;
}

/// <summary>The end of a stream that called.</summary>
internal sealed class ClientFrameChannel(AsyncDuplexStreamingCall<IOutgoingFrame, FrameBuffer> call) : IFrameChannel
{
    private static readonly WriteOptions Hold = new(WriteFlags.BufferHint);

    public Task WriteAsync(IOutgoingFrame frame, bool more, CancellationToken cancellationToken)
    {
        call.RequestStream.WriteOptions = more ? Hold : null;
        return call.RequestStream.WriteAsync(frame, cancellationToken);
    }

    public async Task<FrameBuffer?> ReadAsync(CancellationToken cancellationToken) =>
        await call.ResponseStream.MoveNext(cancellationToken).ConfigureAwait(false) ? call.ResponseStream.Current : null;
}
