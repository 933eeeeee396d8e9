namespace ProjectedGan.AllReduce.Tests.Reduction;

/// <summary>Ways to spread replicas over workers.</summary>
internal static class Splits
{
    /// <summary>Every way to cut consecutive replicas into workers of one or more.</summary>
    public static IEnumerable<IReadOnlyList<int>> Of(int replicas)
    {
        for (var cuts = 0; cuts < 1 << (replicas - 1); cuts++)
        {
            var split = new List<int> { 1 };
            for (var i = 0; i < replicas - 1; i++)
            {
                if ((cuts >> i & 1) == 1)
                {
                    split.Add(1);
                }
                else
                {
                    split[^1]++;
                }
            }
            yield return split;
        }
    }
}
