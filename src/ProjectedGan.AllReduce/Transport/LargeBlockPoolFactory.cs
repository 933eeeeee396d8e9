using System.Buffers;
using Microsoft.AspNetCore.Connections;

namespace ProjectedGan.AllReduce.Transport;

/// <summary>
/// Memory for Kestrel's connections in blocks of 64 KiB in place of 4 KiB: a block is what one call to the socket can receive, and with small ones
/// receiving cost three times the processor time (docs/benchmarks/allreduce.md).
/// </summary>
internal sealed class LargeBlockPoolFactory : IMemoryPoolFactory<byte>
{
    public MemoryPool<byte> Create(MemoryPoolOptions? options = null) => new LargeBlockPool();
}
