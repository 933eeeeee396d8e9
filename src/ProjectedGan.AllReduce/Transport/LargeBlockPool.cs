using System.Buffers;
using System.Collections.Concurrent;
using Microsoft.AspNetCore.Connections;

namespace ProjectedGan.AllReduce.Transport;

/// <summary>Pinned blocks of one size; up to a limit they are kept when they come back.</summary>
internal sealed class LargeBlockPool : MemoryPool<byte>
{
    private const int BlockBytes = 64 << 10;
    private const int MostKept = 512;

    private readonly ConcurrentQueue<Block> _free = new();

    public override int MaxBufferSize => BlockBytes;

    /// <exception cref="ArgumentOutOfRangeException">More than a block is wanted.</exception>
    public override IMemoryOwner<byte> Rent(int minBufferSize = -1)
    {
        ArgumentOutOfRangeException.ThrowIfGreaterThan(minBufferSize, BlockBytes);
        return _free.TryDequeue(out var block) ? block : new Block(this);
    }

    protected override void Dispose(bool disposing) => _free.Clear();

    private sealed class Block(LargeBlockPool owner) : IMemoryOwner<byte>
    {
        public Memory<byte> Memory { get; } = GC.AllocateUninitializedArray<byte>(BlockBytes, pinned: true);

        public void Dispose()
        {
            if (owner._free.Count < MostKept)
            {
                owner._free.Enqueue(this);
            }
        }
    }
}

/// <summary>
/// Memory for Kestrel's connections in blocks of 64 KiB in place of 4 KiB: a block is what one call to the socket can receive, and with small ones
/// receiving cost three times the processor time (docs/benchmarks/allreduce.md).
/// </summary>
internal sealed class LargeBlockPoolFactory : IMemoryPoolFactory<byte>
{
    public MemoryPool<byte> Create(MemoryPoolOptions? options = null) => new LargeBlockPool();
}
