using System.Collections.Immutable;
using ProjectedGan.Coordinator.Contracts;

namespace ProjectedGan.Coordinator.Sharding;

/// <summary>Which worker hosts which replicas. The result of a run does not depend on it.</summary>
internal static class ReplicaRanges
{
    /// <summary>
    /// Gives V replicas to W workers, in the order of the workers: consecutive ranges whose sizes differ by at most one, the larger ones first.
    /// Survivors keep their order, so that most of them keep most of their replicas.
    /// </summary>
    /// <param name="workers">1 to <paramref name="replicas"/> workers; more get nothing and are left out.</param>
    /// <param name="replicas">At least 1.</param>
    public static ImmutableArray<EpochMember> Divide(IReadOnlyList<(string Worker, string Address)> workers, int replicas)
    {
        ArgumentOutOfRangeException.ThrowIfLessThan(replicas, 1);
        var count = Math.Min(workers.Count, replicas);
        var members = ImmutableArray.CreateBuilder<EpochMember>(count);
        var first = 0;
        for (var index = 0; index < count; index++)
        {
            var size = (replicas / count) + (index < replicas % count ? 1 : 0);
            members.Add(new EpochMember { Worker = workers[index].Worker, Address = workers[index].Address, FirstReplica = first, ReplicaCount = size });
            first += size;
        }

        return members.MoveToImmutable();
    }
}
