using System.Numerics;

namespace ProjectedGan.AllReduce.Frames;

/// <summary>
/// Native memory for received frames, kept for the next ones, in sizes that are powers of two. How much is out at once is bounded by
/// those who admit frames; the pool counts it so that tests can see. Thread-safe.
/// </summary>
internal sealed class FrameBufferPool : IDisposable
{
    private const int SmallestBits = 8;

    private readonly Lock _lock = new();
    private readonly Stack<FrameBuffer>[] _free = [.. Enumerable.Range(0, 31 - SmallestBits).Select(_ => new Stack<FrameBuffer>())];
    private long _rented;
    private long _mostRented;
    private bool _disposed;

    /// <summary>Bytes out now.</summary>
    public long RentedBytes => Interlocked.Read(ref _rented);

    /// <summary>The most bytes that were out at once.</summary>
    public long MostRentedBytes => Interlocked.Read(ref _mostRented);

    /// <summary>The memory that a frame with such a payload takes.</summary>
    public static int Cost(int payloadBytes) => (int)BitOperations.RoundUpToPowerOf2((uint)Math.Max(payloadBytes, 1 << SmallestBits)) + FrameHeader.Bytes;

    /// <summary>Memory for a header and a payload.</summary>
    public FrameBuffer Rent(int payloadBytes)
    {
        var cost = Cost(payloadBytes);
        lock (_lock)
        {
            _rented += cost;
            _mostRented = Math.Max(_mostRented, _rented);
            var buffer = Class(cost).TryPop(out var free) ? free : new FrameBuffer(cost, Return);
            buffer.Lend(payloadBytes + FrameHeader.Bytes);
            return buffer;
        }
    }

    private void Return(FrameBuffer buffer)
    {
        lock (_lock)
        {
            _rented -= buffer.Capacity;
            if (_disposed)
            {
                buffer.Free();
            }
            else
            {
                Class(buffer.Capacity).Push(buffer);
            }
        }
    }

    /// <summary>Frees what is in the pool; buffers that are out are freed when they come back.</summary>
    public void Dispose()
    {
        lock (_lock)
        {
            _disposed = true;
            foreach (var buffer in _free.SelectMany(stack => stack))
            {
                buffer.Free();
            }
            Array.ForEach(_free, stack => stack.Clear());
        }
    }

    private Stack<FrameBuffer> Class(int cost) => _free[BitOperations.Log2((uint)(cost - FrameHeader.Bytes)) - SmallestBits];
}
