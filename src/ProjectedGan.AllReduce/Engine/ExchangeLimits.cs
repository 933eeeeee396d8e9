namespace ProjectedGan.AllReduce.Engine;

/// <summary>What bounds the memory of an engine. The first two must be the same on all members.</summary>
/// <param name="ChunkBytes">The most that a chunk takes on the wire; a power of two.</param>
/// <param name="EagerBytes">What each peer may send unasked.</param>
/// <param name="GrantedBytes">What all peers together may send on grants; at least one chunk is always granted.</param>
internal sealed record ExchangeLimits(int ChunkBytes, int EagerBytes, long GrantedBytes);
