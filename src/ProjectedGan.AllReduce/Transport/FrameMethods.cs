using Grpc.Core;
using ProjectedGan.AllReduce.Frames;

namespace ProjectedGan.AllReduce.Transport;

/// <summary>The methods of <c>pgan.v1.Collective</c>, bound by hand: a message is a frame, so that tensors go from their memory into the transport's buffer and back.</summary>
internal static class FrameMethods
{
    private const string Service = "pgan.v1.Collective";

    public static Method<IOutgoingFrame, FrameBuffer> ClientExchange(FrameBufferPool pool) =>
        new(MethodType.DuplexStreaming, Service, "Exchange", Outgoing(), Incoming(pool));

    public static Method<FrameBuffer, IOutgoingFrame> ServerExchange(FrameBufferPool pool) =>
        new(MethodType.DuplexStreaming, Service, "Exchange", Incoming(pool), Outgoing());

    public static Method<IOutgoingFrame, FrameBuffer> ClientFetchState(FrameBufferPool pool) =>
        new(MethodType.ServerStreaming, Service, "FetchState", Outgoing(), Incoming(pool));

    public static Method<FrameBuffer, IOutgoingFrame> ServerFetchState(FrameBufferPool pool) =>
        new(MethodType.ServerStreaming, Service, "FetchState", Incoming(pool), Outgoing());

    private static Marshaller<IOutgoingFrame> Outgoing() => new(Write, _ => throw new NotSupportedException("Frames are received as buffers."));

    private static Marshaller<FrameBuffer> Incoming(FrameBufferPool pool) => new(
        (_, _) => throw new NotSupportedException("Buffers are only received."),
        context => FrameBuffer.Copy(pool, context.PayloadAsReadOnlySequence()));

    private static void Write(IOutgoingFrame frame, SerializationContext context)
    {
        var length = frame.Length;
        context.SetPayloadLength(length);
        var writer = context.GetBufferWriter();
        frame.WriteTo(writer.GetSpan(length)[..length]);
        writer.Advance(length);
        context.Complete();
    }
}
