using System.Security.Cryptography;
using ProjectedGan.Cli.Tests.Coordinator;
using ProjectedGan.Cli.Tests.Hosting;
using ProjectedGan.Cli.Tests.Processes;
using ProjectedGan.Hosting.Artifacts;
using ProjectedGan.Hosting.Runs;
using ProjectedGan.Protocol.V1;
using ProjectedGan.Specification;

namespace ProjectedGan.Cli.Tests.Artifacts;

/// <summary>A node's cache: bounded, and never at the cost of what a node uses.</summary>
public sealed class ArtifactCacheTests : IDisposable
{
    private readonly TemporaryFolder _home = new();

    public void Dispose() => _home.Dispose();

    [Fact]
    public async Task Cache_Full_DropsWhatWasUsedLongestAgo()
    {
        var cache = Open();
        ArtifactDigest first = await AddAsync(cache, 1), second = await AddAsync(cache, 2);
        Age(cache, first, hours: 3);
        Age(cache, second, hours: 2);
        Directory.CreateDirectory(_home.At("cache", "runs"));
        await File.WriteAllBytesAsync(_home.At("cache", "runs", "checkpoint"), new byte[5000]);
        Assert.True(cache.TryUse(first));
        cache.UseOnly([]);

        var third = await AddAsync(cache, 3);

        Assert.Equal((true, false, true), (cache.Contains(first), cache.Contains(second), cache.Contains(third)));
        Assert.False(cache.TryUse(second));
        Assert.True(File.Exists(_home.At("cache", "runs", "checkpoint")));
    }

    [Fact]
    public async Task Cache_Full_KeepsWhatAnyNodeUses()
    {
        ArtifactStore own = Open(), other = Open();
        ArtifactDigest first = await AddAsync(own, 1), second = await AddAsync(own, 2);
        Assert.True(other.TryUse(first));
        Assert.True(own.TryUse(second));

        var third = await AddAsync(own, 3);
        Assert.Equal((true, true, true), (own.Contains(first), own.Contains(second), own.Contains(third)));

        other.UseOnly([]);
        Age(own, first, hours: 1);
        await AddAsync(own, 4);
        Assert.Equal((false, true), (own.Contains(first), own.Contains(second)));
    }

    [Fact]
    public async Task Cache_Full_DropsWhatWasNeverFinishedButNotWhatIsOnItsWay()
    {
        var cache = Open();
        var left = _home.At("cache", "partial", new string('a', 64));
        await File.WriteAllBytesAsync(left, new byte[1000]);
        await using var coming = await cache.BeginAsync(ArtifactDigest.Parse(new string('b', 64)), 1000, 0, CancellationToken.None);
        await coming.WriteAsync(new byte[900], CancellationToken.None);

        await AddAsync(cache, 1);

        Assert.False(File.Exists(left));
        Assert.True(File.Exists(_home.At("cache", "partial", new string('b', 64))));
    }

    [Fact]
    public async Task Runs_OneAfterTheOther_LeaveTheirFilesToBeDroppedUnlessAnotherNodeUsesThem()
    {
        await using var server = await RunningServer.StartAsync(_home);
        ArtifactClient client = new(server.Connect(), new TransferOptions(), TimeProvider.System);
        Artifact first = await SendAsync(1), second = await SendAsync(2);
        ArtifactStore own = Open(mostBytes: 1500), other = Open(mostBytes: 1500);

        await LocateAsync(own, first);
        await LocateAsync(own, second);
        Assert.Equal((false, true), (own.Contains(ArtifactDigest.Parse(first.Digest)), own.Contains(ArtifactDigest.Parse(second.Digest))));

        await LocateAsync(other, second);
        var path = await LocateAsync(own, first);
        Assert.Equal((true, true), (own.Contains(ArtifactDigest.Parse(first.Digest)), own.Contains(ArtifactDigest.Parse(second.Digest))));
        Assert.Equal(first.Digest, Convert.ToHexStringLower(SHA256.HashData(await File.ReadAllBytesAsync(path))));

        async Task<Artifact> SendAsync(byte content) => await client.SendAsync(await WriteAsync(content), null, CancellationToken.None);

        async Task<string> LocateAsync(ArtifactStore cache, Artifact dataset)
        {
            var spec = TrainingSpecFile.ParseUnvalidated("spec", TinyExperiment.Spec(_home.At("set.zip")));
            RunDescription run = new() { Id = "run", SpecYaml = TrainingSpecFile.Write(spec), SpecHash = SpecHash.Compute(spec), Dataset = dataset };
            return (await RunFiles.LocateAsync(run, client, cache, CancellationToken.None)).Data.Path;
        }
    }

    [Theory]
    [InlineData("worker")]
    [InlineData("evaluator")]
    public async Task CacheSize_OfNothing_IsRefused(string role) =>
        (await PganProcess.RunAsync(_home.Path, role, "--cache", _home.At("cache"), "--cache-size", "0")).Refused(2, "--cache-size is 0");

    private ArtifactStore Open(long mostBytes = 2500) => new(_home.At("cache"), new ArtifactStoreOptions { ReservedBytes = 0, MostBytes = mostBytes });

    private async Task<ArtifactDigest> AddAsync(ArtifactStore cache, byte content)
    {
        await using var source = File.OpenRead(await WriteAsync(content));
        return (await cache.IngestAsync(source, "file", CancellationToken.None)).Digest;
    }

    private async Task<string> WriteAsync(byte content)
    {
        var path = _home.At($"file-{content}");
        await File.WriteAllBytesAsync(path, [.. Enumerable.Repeat(content, 1000)]);
        return path;
    }

    private static void Age(ArtifactStore cache, ArtifactDigest digest, int hours) =>
        File.SetLastWriteTimeUtc(cache.Locate(digest), DateTime.UtcNow.AddHours(-hours));
}
