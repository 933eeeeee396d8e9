using ProjectedGan.AllReduce.Reduction;

namespace ProjectedGan.AllReduce.Groups;

/// <summary>The workers of one membership epoch of a run, as every one of them knows it.</summary>
/// <param name="Run">The run's id.</param>
/// <param name="Epoch">The membership epoch; grows within a run.</param>
/// <param name="Self">This worker's name, one of the members.</param>
/// <param name="Replicas">V.</param>
/// <param name="Wire">How float32 gradients travel.</param>
/// <param name="Members">All members; their replicas, in this order, are 0 to V-1.</param>
public sealed record CollectiveGroup(string Run, long Epoch, string Self, int Replicas, WireType Wire, IReadOnlyList<GroupMember> Members)
{
    /// <summary>This worker's place among the members.</summary>
    public int SelfIndex => IndexOf(Self);

    /// <summary>A member's place; -1 for a stranger.</summary>
    public int IndexOf(string worker)
    {
        for (var i = 0; i < Members.Count; i++)
        {
            if (Members[i].Worker == worker)
            {
                return i;
            }
        }
        return -1;
    }

    /// <summary>Checks that the members are distinct, contain <see cref="Self"/> and hold every replica once, in order.</summary>
    /// <exception cref="ArgumentException">They do not.</exception>
    public void Validate()
    {
        if (string.IsNullOrEmpty(Run) || SelfIndex < 0 || Members.Select(member => member.Worker).Distinct().Count() != Members.Count)
        {
            throw new ArgumentException($"Run '{Run}' needs an id, and worker '{Self}' must be one of distinct members.");
        }
        var next = 0;
        foreach (var member in Members)
        {
            if (member.Replicas.First != next || member.Replicas.Count < 1)
            {
                throw new ArgumentException($"Worker '{member.Worker}' holds replicas {member.Replicas}, but replica {next} comes next.");
            }
            next = member.Replicas.End;
        }
        if (next != Replicas)
        {
            throw new ArgumentException($"The members hold {next} replicas of {Replicas}.");
        }
        _ = new CanonicalTree(Replicas);
    }
}

/// <summary>One worker of a membership epoch.</summary>
/// <param name="Worker">Its name, unique in the group.</param>
/// <param name="Address">Where its peers reach it.</param>
/// <param name="Replicas">What it computes.</param>
public sealed record GroupMember(string Worker, Uri Address, ReplicaRange Replicas);

/// <summary>How float32 gradients travel. float64 tensors and all statistics travel as they are.</summary>
public enum WireType
{
    /// <summary>As they are.</summary>
    Float32,

    /// <summary>As bfloat16. Every node of the tree is formed in float32 and rounded, sent or not; submitted partial sums are rounded already.</summary>
    BFloat16,
}
