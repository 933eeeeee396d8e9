using Grpc.Net.Client;
using ProjectedGan.AllReduce.Frames;

namespace ProjectedGan.AllReduce.Groups;

/// <summary>How peers talk to each other. <see cref="ChunkBytes"/> and <see cref="EagerBytes"/> must be the same on all workers; they do not change results.</summary>
public sealed record CollectiveOptions
{
    /// <summary>The longest header of a state that members copy from each other.</summary>
    internal const int MostStateHeaderBytes = 16 << 20;

    /// <summary>The longest frame that streams accept: a chunk, which is not longer than 16 MiB, a piece of a state or its header.</summary>
    internal const int MostFrameBytes = MostStateHeaderBytes + FrameHeader.Bytes;

    /// <summary>The most slots of shared memory that a peer may offer.</summary>
    internal const int MostSharedSlots = 4096;

    private const int SlotsForResults = 32;

    /// <summary>The most that one frame carries, in bytes; a power of two from 4 KiB to 16 MiB. Measured in docs/benchmarks/allreduce.md.</summary>
    public int ChunkBytes { get; init; } = 256 << 10;

    /// <summary>What each peer may send before this worker has asked for it, in bytes.</summary>
    public int EagerBytes { get; init; } = 2 << 20;

    /// <summary>Memory for what all peers together send when asked, in bytes, for each session.</summary>
    public long GrantedBytes { get; init; } = 64 << 20;

    /// <summary>Streams to each peer, each on a connection of its own; more than one helps where one does not fill the link.</summary>
    public int ConnectionsPerPeer { get; init; } = 1;

    /// <summary>Whether chunks to and from peers of the same user on the same machine go through shared memory (docs/collectives.md).</summary>
    public bool SharedMemory { get; init; } = true;

    /// <summary>How long opening a session waits for all peers.</summary>
    public TimeSpan OpenTimeout { get; init; } = TimeSpan.FromSeconds(30);

    /// <summary>How long a peer's stream waits for this worker to open its session of the same run and epoch.</summary>
    public TimeSpan AdmissionTimeout { get; init; } = TimeSpan.FromSeconds(10);

    /// <summary>How long a session that ends waits for peers to take what is on its way, and for those that end at the same time.</summary>
    public TimeSpan CloseTimeout { get; init; } = TimeSpan.FromSeconds(2);

    /// <summary>Makes the channel to a peer's address; null: without TLS or credentials (<see cref="Transport.PeerChannels"/>). Called once for each connection.</summary>
    public Func<Uri, GrpcChannel>? CreateChannel { get; init; }

    /// <summary>The clock of the timeouts.</summary>
    public TimeProvider TimeProvider { get; init; } = TimeProvider.System;

    /// <summary>Slots in each direction of the memory that two peers share: for all that one may send before the other has to answer, and for some results.</summary>
    internal int SharedSlots => (int)Math.Min(((EagerBytes + GrantedBytes) / ChunkBytes) + SlotsForResults, MostSharedSlots);

    /// <exception cref="ArgumentException">A setting is out of range.</exception>
    public void Validate()
    {
        if (ChunkBytes is < 4 << 10 or > 16 << 20 || !System.Numerics.BitOperations.IsPow2(ChunkBytes))
        {
            throw new ArgumentException($"ChunkBytes is {ChunkBytes}; use a power of two from 4096 to {16 << 20}.");
        }
        if (EagerBytes < 0 || GrantedBytes < ChunkBytes || ConnectionsPerPeer is < 1 or > 64)
        {
            throw new ArgumentException($"EagerBytes {EagerBytes}, GrantedBytes {GrantedBytes} or ConnectionsPerPeer {ConnectionsPerPeer} is out of range.");
        }
    }
}
