using System.Threading.Channels;
using ProjectedGan.AllReduce.Frames;

namespace ProjectedGan.AllReduce.Tests.Support;

/// <summary>A stream between two sessions of this process.</summary>
internal sealed class MemoryChannel : IFrameChannel
{
    private readonly ChannelWriter<byte[]> _out;
    private readonly ChannelReader<byte[]> _in;
    private readonly FrameBufferPool _pool;

    private MemoryChannel(ChannelWriter<byte[]> output, ChannelReader<byte[]> input, FrameBufferPool pool) => (_out, _in, _pool) = (output, input, pool);

    /// <summary>Changes a frame on its way; null drops it.</summary>
    public Func<byte[], byte[]?> Tamper { get; set; } = frame => frame;

    /// <summary>Both ends; a writer waits while that many frames are on their way.</summary>
    public static (MemoryChannel First, MemoryChannel Second) Pair(FrameBufferPool first, FrameBufferPool second, int depth = 4)
    {
        var (forth, back) = (Channel.CreateBounded<byte[]>(depth), Channel.CreateBounded<byte[]>(depth));
        return (new MemoryChannel(forth.Writer, back.Reader, first), new MemoryChannel(back.Writer, forth.Reader, second));
    }

    /// <summary>Puts bytes on the way as if this end had sent them.</summary>
    public ValueTask InjectAsync(byte[] frame, CancellationToken cancellationToken) => _out.WriteAsync(frame, cancellationToken);

    /// <summary>Ends both directions without a farewell.</summary>
    public void Break() => _out.TryComplete(new IOException("cut"));

    public async Task WriteAsync(IOutgoingFrame frame, bool more, CancellationToken cancellationToken)
    {
        var bytes = new byte[frame.Length];
        frame.WriteTo(bytes);
        if (Tamper(bytes) is { } tampered)
        {
            await _out.WriteAsync(tampered, cancellationToken);
        }
    }

    public async Task<FrameBuffer?> ReadAsync(CancellationToken cancellationToken) =>
        await _in.WaitToReadAsync(cancellationToken) && _in.TryRead(out var bytes) ? FrameBuffer.Copy(_pool, new(bytes)) : null;
}
