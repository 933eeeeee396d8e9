namespace ProjectedGan.AllReduce.Tests.Reduction;

/// <summary>Ways to spread replicas over workers.</summary>
internal static class Splits
{
    /// <summary>Every way to cut consecutive replicas into workers of one or more.</summary>
    public static IEnumerable<IReadOnlyList<int>> Of(int replicas) => Enumerable.Range(0, 1 << (replicas - 1))
        .Select(cuts => At([.. Enumerable.Range(0, replicas - 1).Select(place => (cuts >> place & 1) == 1)]));

    /// <summary>Replicas of each worker, cut behind the replicas that say so; there is one more replica than places to cut.</summary>
    public static IReadOnlyList<int> At(IReadOnlyList<bool> cuts)
    {
        var split = new List<int> { 1 };
        foreach (var isCut in cuts)
        {
            if (isCut)
            {
                split.Add(1);
            }
            else
            {
                split[^1]++;
            }
        }
        return split;
    }
}
