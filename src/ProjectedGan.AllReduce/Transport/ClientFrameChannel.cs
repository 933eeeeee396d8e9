using Grpc.Core;
using ProjectedGan.AllReduce.Frames;

namespace ProjectedGan.AllReduce.Transport;

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
