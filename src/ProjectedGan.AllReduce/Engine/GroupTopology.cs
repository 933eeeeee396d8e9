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
