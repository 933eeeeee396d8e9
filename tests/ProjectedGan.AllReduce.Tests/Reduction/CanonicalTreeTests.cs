using ProjectedGan.AllReduce.Reduction;

namespace ProjectedGan.AllReduce.Tests.Reduction;

public class CanonicalTreeTests
{
    [Theory]
    [InlineData(2, 1)]
    [InlineData(3, 2)]
    [InlineData(4, 2)]
    [InlineData(5, 4)]
    [InlineData(6, 4)]
    [InlineData(8, 4)]
    [InlineData(9, 8)]
    public void Children_Root_SplitAtLargestPowerOfTwoBelow(int replicas, int middle)
    {
        var (left, right) = CanonicalTree.Children(new CanonicalTree(replicas).Root);

        Assert.Equal((new ReplicaRange(0, middle), new ReplicaRange(middle, replicas)), (left, right));
    }

    [Fact]
    public void MaximalSubtrees_EveryRange_CoverItWithNodesThatHaveNoCommonParentInside()
    {
        for (var replicas = 1; replicas <= 17; replicas++)
        {
            var tree = new CanonicalTree(replicas);
            for (var first = 0; first < replicas; first++)
            {
                for (var end = first + 1; end <= replicas; end++)
                {
                    var range = new ReplicaRange(first, end);
                    var nodes = tree.MaximalSubtrees(range);
                    Assert.Equal(Enumerable.Range(first, end - first), nodes.SelectMany(node => Enumerable.Range(node.First, node.Count)));
                    Assert.All(nodes, node => Assert.False(tree.Parent(node) is { } parent && range.Contains(parent)));
                }
            }
        }
    }

    [Theory]
    [InlineData(8, 0, 4, 1)]
    [InlineData(8, 2, 4, 1)]
    [InlineData(8, 1, 7, 4)]
    [InlineData(5, 3, 5, 2)]
    [InlineData(5, 4, 5, 1)]
    public void MaximalSubtrees_AlignedPowersOfTwo_AreOne(int replicas, int first, int end, int count) =>
        Assert.Equal(count, new CanonicalTree(replicas).MaximalSubtrees(new ReplicaRange(first, end)).Count);

    [Theory]
    [InlineData(0, 0)]
    [InlineData(-1, 2)]
    [InlineData(3, 5)]
    public void MaximalSubtrees_RangeOutside_Throws(int first, int end) =>
        Assert.Throws<ArgumentException>(() => new CanonicalTree(4).MaximalSubtrees(new ReplicaRange(first, end)));

    [Fact]
    public void Parent_NoNode_Throws() => Assert.Throws<ArgumentException>(() => new CanonicalTree(4).Parent(new ReplicaRange(1, 3)));
}
