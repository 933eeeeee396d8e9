using ProjectedGan.Evaluation.Distances;
using static TorchSharp.torch;

namespace ProjectedGan.Evaluation.Tests.Distances;

public sealed class FeatureStatisticsTests
{
    private const int Dimension = 12;

    [Theory]
    [InlineData(7)]
    [InlineData(12)]
    [InlineData(13)]
    [InlineData(100)]
    public void Add_AnyBatchSize_GivesTheSameBits(int count)
    {
        using var scope = NewDisposeScope();
        var features = RandomFeatures.Make(seed: 1, count, Dimension, shift: 3);
        var whole = Gather(features, batch: count);

        foreach (var batch in new[] { 1, 5, 12, 64 })
        {
            var pieces = Gather(features, batch);
            Assert.Equal(count, pieces.Count);
            Assert.Equal(whole.Mean(), pieces.Mean());
            Assert.Equal(RandomFeatures.Values(whole.Covariance()), RandomFeatures.Values(pieces.Covariance()));
        }
    }

    [Theory]
    [InlineData(CovarianceDivisor.Count, 50)]
    [InlineData(CovarianceDivisor.CountMinusOne, 49)]
    public void Covariance_OfManySamples_IsTheDefinition(CovarianceDivisor divisor, int by)
    {
        using var scope = NewDisposeScope();
        var features = RandomFeatures.Make(seed: 2, 50, Dimension, shift: 10);
        var centred = features.sub(features.mean([0], keepdim: true));
        var expected = centred.t().matmul(centred).div((double)by);

        AssertClose(expected, Gather(features, 16).Covariance(divisor), 1e-13);
    }

    [Theory]
    [InlineData(8)]
    [InlineData(60)]
    public void CovarianceFactor_TimesItself_IsTheCovariance(int count)
    {
        using var scope = NewDisposeScope();
        var statistics = Gather(RandomFeatures.Make(seed: 3, count, Dimension), 16);
        var factor = statistics.CovarianceFactor();

        AssertClose(statistics.Covariance(), factor.t().matmul(factor), 1e-13);
    }

    [Fact]
    public void CovarianceFactor_OfDependentDimensions_IsTheCovariance()
    {
        using var scope = NewDisposeScope();
        var half = RandomFeatures.Make(seed: 4, 60, Dimension / 2);
        var statistics = Gather(cat([half, half], 1), 16);
        var factor = statistics.CovarianceFactor();

        AssertClose(statistics.Covariance(), factor.t().matmul(factor), 1e-13);
    }

    [Theory]
    [InlineData(3, 4)]
    [InlineData(10, 90)]
    [InlineData(90, 10)]
    [InlineData(50, 50)]
    public void Merge_InAnyOrder_EqualsAddingAll(int first, int second)
    {
        using var scope = NewDisposeScope();
        var features = RandomFeatures.Make(seed: 5, first + second, Dimension, shift: 100);
        var whole = Gather(features, 16);
        foreach (var swapped in new[] { false, true })
        {
            var a = Gather(features.narrow(0, 0, first), 16);
            var b = Gather(features.narrow(0, first, second), 16);
            var (target, other) = swapped ? (b, a) : (a, b);
            target.Merge(other);

            Assert.Equal(first + second, target.Count);
            AssertClose(tensor(whole.Mean().ToArray()), tensor(target.Mean().ToArray()), 1e-14);
            AssertClose(whole.Covariance(), target.Covariance(), 1e-12);
        }
    }

    [Fact]
    public void Add_NotANumber_SaysWhereItComesFrom()
    {
        using var scope = NewDisposeScope();
        FeatureStatistics statistics = new(2);
        var error = Assert.Throws<EvaluationException>(() => statistics.Add(tensor(new[] { 1.0, double.NaN }, [1, 2])));

        Assert.Contains("NaN", error.Message, StringComparison.Ordinal);
        Assert.Equal(0, statistics.Count);
    }

    [Fact]
    public void Add_OtherDimension_NamesBoth()
    {
        using var scope = NewDisposeScope();
        FeatureStatistics statistics = new(3);
        var error = Assert.Throws<ArgumentException>(() => statistics.Add(zeros([4, 2])));

        Assert.Contains("[4, 2]", error.Message, StringComparison.Ordinal);
        Assert.Contains("[N, 3]", error.Message, StringComparison.Ordinal);
    }

    [Fact]
    public void Covariance_OfTooFewSamples_Throws()
    {
        using var scope = NewDisposeScope();
        FeatureStatistics statistics = new(2);
        Assert.Throws<InvalidOperationException>(() => statistics.Mean());
        statistics.Add(zeros([1, 2]));
        Assert.Throws<InvalidOperationException>(() => statistics.Covariance(CovarianceDivisor.CountMinusOne));
    }

    [Theory]
    [InlineData(5)]
    [InlineData(40)]
    public void Save_ThenLoad_GivesTheSameBits(int count)
    {
        using var scope = NewDisposeScope();
        var path = Path.Combine(Path.GetTempPath(), $"pgan-statistics-{Guid.NewGuid():N}.safetensors");
        try
        {
            var statistics = Gather(RandomFeatures.Make(seed: 6, count, Dimension), 16);
            statistics.Save(path);
            var loaded = FeatureStatistics.Load(path);

            Assert.Equal(count, loaded.Count);
            Assert.Equal(statistics.Mean(), loaded.Mean());
            Assert.Equal(RandomFeatures.Values(statistics.CovarianceFactor()), RandomFeatures.Values(loaded.CovarianceFactor()));
        }
        finally
        {
            File.Delete(path);
        }
    }

    [Fact]
    public void Add_ManyBlocks_AllocatesOneMatrixABlock()
    {
        using var scope = NewDisposeScope();
        const int wide = 256;
        const int blocks = 8;
        var features = RandomFeatures.Make(seed: 7, blocks * wide, wide);
        Gather(features, 64);

        var before = GC.GetAllocatedBytesForCurrentThread();
        Gather(features, 64);
        var matrices = (GC.GetAllocatedBytesForCurrentThread() - before) / (double)(sizeof(double) * wide * wide);

        // The batches themselves, the rows of one block (which grow by doubling), and a scatter matrix for each block that is folded.
        Assert.InRange(matrices, 0, blocks + 2 + (blocks - 1) + 0.5);
    }

    [Fact]
    public void Merge_OtherStatistics_StayAsTheyAre()
    {
        using var scope = NewDisposeScope();
        var other = Gather(RandomFeatures.Make(seed: 8, 50, Dimension), 16);
        var before = RandomFeatures.Values(other.Covariance());
        var target = Gather(RandomFeatures.Make(seed: 9, 50, Dimension), 16);
        FeatureStatistics empty = new(Dimension);

        target.Merge(other);
        empty.Merge(other);
        empty.Merge(target);

        Assert.Equal(before, RandomFeatures.Values(other.Covariance()));
        Assert.Equal(before, RandomFeatures.Values(other.Covariance()));
    }

    internal static FeatureStatistics Gather(Tensor features, int batch)
    {
        FeatureStatistics statistics = new((int)features.shape[1]);
        for (long start = 0; start < features.shape[0]; start += batch)
        {
            statistics.Add(features.narrow(0, start, Math.Min(batch, features.shape[0] - start)));
        }

        return statistics;
    }

    private static void AssertClose(Tensor expected, Tensor actual, double relative)
    {
        Assert.Equal(expected.shape, actual.shape);
        var error = expected.sub(actual).square().sum().sqrt().item<double>();
        Assert.True(error <= relative * expected.square().sum().sqrt().item<double>(), $"error {error}");
    }
}
