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
