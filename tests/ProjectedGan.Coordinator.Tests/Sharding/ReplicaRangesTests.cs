using System.Collections.Immutable;
using ProjectedGan.Coordinator.Contracts;
using ProjectedGan.Coordinator.Sharding;

namespace ProjectedGan.Coordinator.Tests.Sharding;

public class ReplicaRangesTests
{
    [Theory]
    [InlineData(1, 8, "0+8")]
    [InlineData(2, 8, "0+4 4+4")]
    [InlineData(3, 8, "0+3 3+3 6+2")]
    [InlineData(5, 8, "0+2 2+2 4+2 6+1 7+1")]
    [InlineData(8, 8, "0+1 1+1 2+1 3+1 4+1 5+1 6+1 7+1")]
    [InlineData(9, 2, "0+1 1+1")]
    public void Ranges_AreConsecutiveAndEven(int workers, int replicas, string expected)
        => Assert.Equal(expected, string.Join(' ', Divide(workers, replicas).Select(member => $"{member.FirstReplica}+{member.ReplicaCount}")));

    [Fact]
    public void Ranges_TileForAnyNumbers()
    {
        for (var replicas = 1; replicas <= 40; replicas++)
        {
            for (var workers = 1; workers <= 45; workers++)
            {
                var members = Divide(workers, replicas);
                var next = 0;
                foreach (var member in members)
                {
                    Assert.Equal(next, member.FirstReplica);
                    next += member.ReplicaCount;
                }

                Assert.Equal(replicas, next);
                Assert.True(members.Max(member => member.ReplicaCount) - members.Min(member => member.ReplicaCount) <= 1);
            }
        }
    }

    private static ImmutableArray<EpochMember> Divide(int workers, int replicas)
        => ReplicaRanges.Divide([.. Enumerable.Range(0, workers).Select(index => ($"w{index}", $"http://w{index}"))], replicas);
}
