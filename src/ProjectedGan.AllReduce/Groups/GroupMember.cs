using ProjectedGan.AllReduce.Reduction;

namespace ProjectedGan.AllReduce.Groups;

/// <summary>One worker of a membership epoch.</summary>
/// <param name="Worker">Its name, unique in the group.</param>
/// <param name="Address">Where its peers reach it.</param>
/// <param name="Replicas">What it computes.</param>
public sealed record GroupMember(string Worker, Uri Address, ReplicaRange Replicas);
