using ProjectedGan.AllReduce.Arithmetic;
using ProjectedGan.AllReduce.Groups;
using ProjectedGan.AllReduce.Reduction;

namespace ProjectedGan.AllReduce.Engine;

/// <summary>What an engine needs to know of its group; immutable.</summary>
internal sealed class GroupTopology(CollectiveGroup group)
{
    public CollectiveGroup Group => group;

    public int Self { get; } = group.SelfIndex;

    public int Members => group.Members.Count;

    public TreeProgram Program { get; } = new(new CanonicalTree(group.Replicas), [.. group.Members.Select(member => member.Replicas)]);

    public int RemoteLeaves => Program.Leaves.Count - LeavesOf(Self);

    public int LeavesOf(int member) => Program.FirstLeaf[member + 1] - Program.FirstLeaf[member];

    public bool Holds(int member, int leaf) => Program.FirstLeaf[member] <= leaf && leaf < Program.FirstLeaf[member + 1];
}

/// <summary>What bounds the memory of an engine. The first two must be the same on all members.</summary>
/// <param name="ChunkBytes">The most that a chunk takes on the wire; a power of two.</param>
/// <param name="EagerBytes">What each peer may send unasked.</param>
/// <param name="GrantedBytes">What all peers together may send on grants; at least one chunk is always granted.</param>
internal sealed record ExchangeLimits(int ChunkBytes, int EagerBytes, long GrantedBytes);

/// <summary>
/// Cuts a bucket into chunks and gives each an owner; the same on every member, because it depends on nothing but the arguments. Every
/// member owns one range of about equal length, cut into chunks of about equal length. A small bucket is one chunk, owned by the
/// members in turn.
/// </summary>
internal sealed class ChunkLayout
{
    /// <summary>Below this, a message's fixed cost outweighs its bytes, and one owner takes all.</summary>
    public const int SmallBucketBytes = 32 << 10;

    // A whole number of cache lines in each format, so that no two threads write to one.
    private const int GranuleElements = 64;

    private readonly Chunk[] _chunks;
    private readonly int[] _firstOf;

    /// <param name="key">Turns the owner of small buckets and of remainders.</param>
    /// <param name="elements">Length of the bucket, at least 1.</param>
    /// <param name="wireBytes">Bytes of an element on the wire.</param>
    /// <param name="members">W.</param>
    /// <param name="chunkBytes">The most that a chunk takes on the wire.</param>
    public ChunkLayout(ReductionKey key, long elements, int wireBytes, int members, int chunkBytes)
    {
        var turn = (int)((uint)(key.Bucket + (int)key.Phase) % (uint)members);
        var chunks = new List<Chunk>();
        _firstOf = new int[members + 1];
        var granules = (elements + GranuleElements - 1) / GranuleElements;
        long end = 0;
        for (var member = 0; member < members; member++)
        {
            var begin = end;
            var place = (member - turn + members) % members;
            // Members behind the turn take the remainder, so that many odd buckets do not burden the same member.
            var share = elements * wireBytes <= SmallBucketBytes
                ? (place == 0 ? granules : 0)
                : (granules / members) + (place < granules % members ? 1 : 0);
            end = Math.Min(elements, begin + (share * GranuleElements));
            Cut(chunks, begin, end, member, Math.Max(GranuleElements, chunkBytes / wireBytes));
            _firstOf[member + 1] = chunks.Count;
        }
        _chunks = [.. chunks];
    }

    public int Count => _chunks.Length;

    public Chunk this[int chunk] => _chunks[chunk];

    /// <summary>The chunks of a member: from First up to, not including, End.</summary>
    public (int First, int End) Of(int member) => (_firstOf[member], _firstOf[member + 1]);

    private static void Cut(List<Chunk> chunks, long begin, long end, int owner, int mostElements)
    {
        var granules = (end - begin + GranuleElements - 1) / GranuleElements;
        var pieces = (end - begin + mostElements - 1) / mostElements;
        for (long piece = 0; piece < pieces; piece++)
        {
            var first = begin + (granules * piece / pieces * GranuleElements);
            var next = Math.Min(end, begin + (granules * (piece + 1) / pieces * GranuleElements));
            chunks.Add(new Chunk(first, checked((int)(next - first)), owner));
        }
    }
}
