using ProjectedGan.Data.Ordering;

namespace ProjectedGan.Data.Tests.Ordering;

public class RandomKeyTests
{
    [Fact]
    public void For_EveryField_ChangesTheKey()
    {
        var keys = new HashSet<ulong>();
        var made = 0;
        for (var seed = -2; seed < 3; seed++)
        {
            for (var iteration = 0; iteration < 20; iteration++)
            {
                foreach (var phase in Enum.GetValues<RandomPhase>())
                {
                    for (var replica = 0; replica < 8; replica++)
                    {
                        foreach (var purpose in Enum.GetValues<RandomPurpose>())
                        {
                            keys.Add(RandomKey.For(seed, iteration, phase, replica, purpose).Value);
                            made++;
                        }
                    }
                }
            }
        }
        Assert.Equal(made, keys.Count);
        // Half of the low 32 bits, which is what libtorch's CPU generator keeps, are set on average.
        Assert.InRange(keys.Average(key => System.Numerics.BitOperations.PopCount((uint)key)), 15.9, 16.1);
    }

    // Keys are a part of every run's results: these numbers must never change.
    [Fact]
    public void For_KnownFields_IsFixedForEver()
    {
        var key = RandomKey.For(1, 2, RandomPhase.Discriminator, 3, RandomPurpose.Latents);
        Assert.Equal("c4c4ef1e88b1e4b8", key.Value.ToString("x16"));
        Assert.True(key.Seed >= 0);
        var random = new KeyedRandom(key);
        Assert.Equal("32add2beb98fb6fb 0.75565565 126", $"{random.NextUInt64():x16} {random.NextSingle()} {random.NextBelow(1000)}");
    }

    [Fact]
    public void NextUInt64_KeyZero_IsSplitMix64FromStateZero()
    {
        // The published first outputs of SplitMix64 with seed 0.
        var random = new KeyedRandom(new RandomKey(0));
        Assert.Equal([0xE220A8397B1DCDAFul, 0x6E789E6AA1B965F4ul, 0x06C45D188009454Ful],
            [random.NextUInt64(), random.NextUInt64(), random.NextUInt64()]);
    }

    [Fact]
    public void NextSingle_ManyDraws_IsUniform()
    {
        var random = new KeyedRandom(RandomKey.ForRun(1, RandomPurpose.Noise));
        var draws = Enumerable.Range(0, 100_000).Select(_ => random.NextSingle()).ToArray();
        Assert.All(draws, value => Assert.InRange(value, 0, 0.99999999f));
        Assert.InRange(draws.Average(), 0.495, 0.505);
        Assert.InRange(draws.Average(value => value * value), 0.328, 0.338);
    }

    [Fact]
    public void NextBelow_AwkwardBound_IsUniform()
    {
        var random = new KeyedRandom(RandomKey.ForRun(2, RandomPurpose.Noise));
        var counts = new int[7];
        for (var i = 0; i < 70_000; i++)
            counts[random.NextBelow(7)]++;
        Assert.All(counts, count => Assert.InRange(count, 9500, 10500));
        // Two thirds of 2^63: nearly every third draw must be redrawn.
        Assert.All(Enumerable.Range(0, 1000), _ => Assert.InRange(random.NextBelow(long.MaxValue / 3 * 2), 0, long.MaxValue / 3 * 2 - 1));
        Assert.Throws<ArgumentOutOfRangeException>(() => random.NextBelow(0));
    }
}
