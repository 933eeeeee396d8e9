using Microsoft.Extensions.Logging;
using ProjectedGan.Evaluation.RealStatistics;
using ProjectedGan.Evaluation.Tests.Distances;
using ProjectedGan.Evaluation.Tests.Fakes;
using static TorchSharp.torch;

namespace ProjectedGan.Evaluation.Tests.RealStatistics;

public sealed class RealStatisticsCacheTests : IDisposable
{
    private static readonly RealFeaturesKey Key = new("dataset hash", "mobilenet_v2", "network hash");

    private readonly string _folder = Path.Combine(Path.GetTempPath(), $"pgan-cache-{Guid.NewGuid():N}");
    private readonly ListLogger _logger = new();
    private int _made;

    private RealStatisticsCache Cache => new(_folder, _logger);

    private string CacheFile => Path.Combine(_folder, Key.FileName);

    public void Dispose()
    {
        if (Directory.Exists(_folder))
        {
            Directory.Delete(_folder, recursive: true);
        }
    }

    [Theory]
    [InlineData(true)]
    [InlineData(false)]
    public void GetOrMake_Twice_MakesOnce(bool withFeatures)
    {
        using var first = Cache.GetOrMake(Key, 40, withFeatures, () => Make(withFeatures));
        using var second = Cache.GetOrMake(Key, 40, withFeatures, () => Make(withFeatures));

        Assert.Equal(1, _made);
        Assert.Equal(first.Statistics.Mean(), second.Statistics.Mean());
        Assert.Equal(first.Features?.data<float>().ToArray(), second.Features?.data<float>().ToArray());
        Assert.Empty(_logger.Entries);
    }

    [Fact]
    public void GetOrMake_FeaturesNeededButNotKept_MakesAgainAndKeepsThem()
    {
        Cache.GetOrMake(Key, 40, withFeatures: false, () => Make(false)).Dispose();
        Cache.GetOrMake(Key, 40, withFeatures: true, () => Make(true)).Dispose();
        Assert.Equal(2, _made);
        Cache.GetOrMake(Key, 40, withFeatures: true, () => Make(true)).Dispose();
        Cache.GetOrMake(Key, 40, withFeatures: false, () => Make(false)).Dispose();
        Assert.Equal(2, _made);
    }

    [Fact]
    public void GetOrMake_FeaturesKeptButNotNeeded_LeavesThemOnTheDisk()
    {
        Cache.GetOrMake(Key, 40, withFeatures: true, () => Make(true)).Dispose();
        using var statistics = Cache.GetOrMake(Key, 40, withFeatures: false, () => Make(false));

        Assert.Equal(1, _made);
        Assert.Null(statistics.Features);
    }

    [Fact]
    public void GetOrMakeRadii_DamagedFile_WarnsAndMakesAgain()
    {
        var made = 0;
        Tensor Make()
        {
            made++;
            return arange(200, ScalarType.Float32).view(40, 5);
        }

        using var first = Cache.GetOrMakeRadii(Key, 40, 5, Make);
        using var second = Cache.GetOrMakeRadii(Key, 40, 5, Make);
        Assert.Equal(first.data<float>().ToArray(), second.data<float>().ToArray());
        Assert.Equal(1, made);

        // Of another number of images.
        Cache.GetOrMakeRadii(Key, 41, 5, Make).Dispose();
        Assert.Contains("[41, 5]", Assert.Single(_logger.Entries).Message, StringComparison.Ordinal);
        File.WriteAllText(Path.Combine(_folder, Key.RadiiFileName), "no file");
        Cache.GetOrMakeRadii(Key, 40, 5, Make).Dispose();
        Assert.Equal(3, made);
    }

    [Theory]
    [InlineData(0)]
    [InlineData(5)]
    [InlineData(200)]
    [InlineData(1000)]
    public void GetOrMake_TruncatedFile_WarnsAndMakesAgain(int bytes)
    {
        Cache.GetOrMake(Key, 40, withFeatures: true, () => Make(true)).Dispose();
        using (var file = File.OpenWrite(CacheFile))
        {
            file.SetLength(bytes);
        }

        Cache.GetOrMake(Key, 40, withFeatures: true, () => Make(true)).Dispose();

        Assert.Equal(2, _made);
        var (level, message) = Assert.Single(_logger.Entries);
        Assert.Equal(LogLevel.Warning, level);
        Assert.Contains(Key.FileName, message, StringComparison.Ordinal);
        Cache.GetOrMake(Key, 40, withFeatures: true, () => Make(true)).Dispose();
        Assert.Equal(2, _made);
    }

    [Fact]
    public void GetOrMake_OtherCount_WarnsAndMakesAgain()
    {
        Cache.GetOrMake(Key, 40, withFeatures: false, () => Make(false)).Dispose();
        Cache.GetOrMake(Key, 41, withFeatures: false, () => Make(false)).Dispose();

        Assert.Equal(2, _made);
        Assert.Contains("40 images", Assert.Single(_logger.Entries).Message, StringComparison.Ordinal);
    }

    [Fact]
    public void GetOrMake_OtherKeys_HaveFilesOfTheirOwn()
    {
        foreach (var key in new[] { Key, Key with { DatasetHash = "other" }, Key with { NetworkHash = "other" }, Key with { Network = "other" } })
        {
            Cache.GetOrMake(key, 40, withFeatures: false, () => Make(false)).Dispose();
        }

        Assert.Equal(4, _made);
        Assert.Equal(4, Directory.GetFiles(_folder).Length);
    }

    [Fact]
    public void GetOrMake_FileOfAnotherKey_IsNotTrusted()
    {
        var other = Key with { DatasetHash = "other" };
        Cache.GetOrMake(other, 40, withFeatures: false, () => Make(false)).Dispose();
        File.Move(Path.Combine(_folder, other.FileName), CacheFile);
        Cache.GetOrMake(Key, 40, withFeatures: false, () => Make(false)).Dispose();

        Assert.Equal(2, _made);
        Assert.Contains("another dataset", Assert.Single(_logger.Entries).Message, StringComparison.Ordinal);
    }

    [Fact]
    public void GetOrMake_FolderCannotBeMade_WarnsAndGoesOn()
    {
        File.WriteAllText(_folder + ".file", "");
        try
        {
            RealStatisticsCache cache = new(Path.Combine(_folder + ".file", "cache"), _logger);
            using var made = cache.GetOrMake(Key, 40, withFeatures: false, () => Make(false));

            Assert.Equal(40, made.Statistics.Count);
            Assert.Contains("cannot be cached", Assert.Single(_logger.Entries).Message, StringComparison.Ordinal);
        }
        finally
        {
            File.Delete(_folder + ".file");
        }
    }

    private RealFeatures Make(bool withFeatures)
    {
        _made++;
        var features = RandomFeatures.Make(seed: 1, 40, 6);
        return new(FeatureStatisticsTests.Gather(features, 8), withFeatures ? features.to_type(ScalarType.Float32) : null);
    }
}
