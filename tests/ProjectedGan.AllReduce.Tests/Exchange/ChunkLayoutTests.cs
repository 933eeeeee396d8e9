using ProjectedGan.AllReduce.Engine;
using ProjectedGan.AllReduce.Reduction;

namespace ProjectedGan.AllReduce.Tests.Exchange;

public class ChunkLayoutTests
{
    [Fact]
    public void Chunks_AnyLengthAndMembers_TileTheBucketWithinTheLimitAndBalanced()
    {
        var random = new Random(3);
        for (var i = 0; i < 500; i++)
        {
            var (elements, members, wire, limit) = (random.NextInt64(1, 1 << random.Next(1, 24)), random.Next(1, 10), 1 << random.Next(1, 4), 4096 << random.Next(0, 5));
            var layout = new ChunkLayout(new ReductionKey(0, ReductionPhase.Generator, i), elements, wire, members, limit);
            long next = 0;
            for (var chunk = 0; chunk < layout.Count; chunk++)
            {
                Assert.Equal(next, layout[chunk].Offset);
                Assert.InRange((long)layout[chunk].Elements * wire, wire, limit);
                var (first, end) = layout.Of(layout[chunk].Owner);
                Assert.InRange(chunk, first, end - 1);
                next += layout[chunk].Elements;
            }
            Assert.Equal(elements, next);
            if (elements * wire > ChunkLayout.SmallBucketBytes)
            {
                long Share(int member) => Enumerable.Range(layout.Of(member).First, layout.Of(member).End - layout.Of(member).First).Sum(chunk => (long)layout[chunk].Elements);
                var shares = Enumerable.Range(0, members).Select(Share).ToArray();
                Assert.InRange(shares.Max() - shares.Min(), 0, 127);
            }
        }
    }

    [Fact]
    public void Chunks_SmallBuckets_AreOwnedInTurn()
    {
        var owners = Enumerable.Range(0, 6).Select(bucket => new ChunkLayout(new ReductionKey(0, ReductionPhase.Generator, bucket), 10, 4, 3, 4096)[0].Owner);

        Assert.Equal([0, 1, 2, 0, 1, 2], owners);
    }
}
