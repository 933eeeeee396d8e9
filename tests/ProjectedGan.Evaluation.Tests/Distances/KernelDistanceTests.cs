using ProjectedGan.Evaluation.Distances;
using static TorchSharp.torch;

namespace ProjectedGan.Evaluation.Tests.Distances;

public sealed class KernelDistanceTests
{
    private static readonly KernelDistanceOptions Small = new() { Subsets = 20, SubsetSize = 50, Seed = 3 };

    [Fact]
    public void Between_TwoSamples_IsTheDefinition()
    {
        using var scope = NewDisposeScope();
        var x = tensor(new double[] { 1, 2, 3, 4 }, [2, 2]);
        var y = tensor(new double[] { 0, 1, 2, 0 }, [2, 2]);
        static double Kernel(double dot) => Math.Pow((dot / 2) + 1, 3);
        // Unbiased: pairs of a sample with itself are left out within each set.
        var expected = Kernel(11) + Kernel(0) - (2 * (Kernel(2) + Kernel(2) + Kernel(4) + Kernel(6)) / 4);

        Assert.Equal(expected, KernelDistance.Between(x, y, [new KernelSubset([0, 1], [0, 1])]), 1e-10);
    }

    [Fact]
    public void Between_SameSeed_IsTheSame_AndGrowsWithTheShift()
    {
        using var scope = NewDisposeScope();
        var real = RandomFeatures.Make(seed: 1, 200, 8);
        var near = RandomFeatures.Make(seed: 1, 300, 8).narrow(0, 100, 200);
        var far = near.add(1.0);

        Assert.Equal(KernelDistance.Between(near, real, Small), KernelDistance.Between(near, real, Small));
        Assert.True(KernelDistance.Between(far, real, Small).Mean > 10 * Math.Abs(KernelDistance.Between(near, real, Small).Mean));
    }

    [Fact]
    public void Draw_Subsets_AreDistinctIndicesInRange()
    {
        var subsets = KernelSubset.Draw(generated: 60, real: 40, Small);

        Assert.Equal(20, subsets.Count);
        Assert.All(subsets, subset =>
        {
            Assert.Equal(40, subset.Generated.Distinct().Count());
            Assert.Equal(40, subset.Real.Distinct().Count());
            Assert.All(subset.Generated, index => Assert.InRange(index, 0, 59));
            Assert.All(subset.Real, index => Assert.InRange(index, 0, 39));
        });
        Assert.Equal(60, subsets.SelectMany(subset => subset.Generated).Distinct().Count());
        Assert.NotEqual(subsets[0].Generated, subsets[1].Generated);
    }

    [Fact]
    public void Between_OneSample_SaysHowManyAreNeeded()
    {
        using var scope = NewDisposeScope();
        var error = Assert.Throws<EvaluationException>(() => KernelDistance.Between(zeros([1, 4]), zeros([5, 4]), Small));
        Assert.Contains("at least 2", error.Message, StringComparison.Ordinal);
    }
}
