using System.Security.Cryptography;
using Google.Protobuf;
using Grpc.Core;
using ProjectedGan.Cli.Tests.Hosting;
using ProjectedGan.Cli.Tests.Processes;
using ProjectedGan.Hosting.Artifacts;
using ProjectedGan.Hosting.Serving;
using ProjectedGan.Protocol.V1;
using ArtifactCalls = ProjectedGan.Protocol.V1.Artifacts.ArtifactsClient;

namespace ProjectedGan.Cli.Tests.Artifacts;

/// <summary>The store over real sockets: what is interrupted goes on, what is damaged does not count.</summary>
[Trait("Speed", "Slow")]
public class ArtifactTransferTests
{
    private static readonly TransferOptions Quick = new() { FirstPause = TimeSpan.FromMilliseconds(10), Patience = TimeSpan.FromMinutes(1) };

    [Fact]
    public async Task Upload_Interrupted_GoesOnWhereItStopped()
    {
        using TemporaryFolder home = new();
        await using var server = await RunningServer.StartAsync(home);
        (var file, var content, var digest) = await WriteAsync(home, 3_000_000);
        ArtifactCalls raw = new(server.Connect());
        using (var call = raw.Upload())
        {
            await call.RequestStream.WriteAsync(new UploadRequest { Start = new UploadStart { Digest = digest, Bytes = content.Length } });
            await call.RequestStream.WriteAsync(new UploadRequest { Data = ByteString.CopyFrom(content, 0, 1_000_000) });
            await Eventually.HoldsAsync("the first piece is stored", async () => (await raw.StatAsync(new StatRequest { Digest = digest })).Bytes == 1_000_000);
        }

        Progress progress = new();
        var sent = await new ArtifactClient(server.Connect(), Quick, TimeProvider.System).SendAsync(file, progress, CancellationToken.None);

        Assert.Equal((digest, content.Length), (sent.Digest, sent.Bytes));
        Assert.Equal(1_000_000, progress.Reports[0].Bytes);
        Assert.Equal(content.Length, progress.Reports[^1].Bytes);
        Assert.Equal(content, await File.ReadAllBytesAsync(server.Store.Locate(ArtifactDigest.Parse(digest))));
        Assert.Empty(Directory.GetFiles(home.At("artifacts", "partial")));
    }

    [Fact]
    public async Task Fetch_MoreAtOnceThanTheServerServes_AllArriveInTurn()
    {
        using TemporaryFolder home = new();
        await using var server = await RunningServer.StartAsync(home, limits: new CallLimits { Transfers = 1 });
        (var file, var content, _) = await WriteAsync(home, 3_000_000);
        var artifact = await new ArtifactClient(server.Connect(), Quick, TimeProvider.System).SendAsync(file, null, CancellationToken.None);

        await Task.WhenAll(Enumerable.Range(0, 8).Select(i =>
            new ArtifactClient(server.Connect(), Quick, TimeProvider.System).FetchToAsync(artifact, home.At($"copy-{i}"), null, CancellationToken.None)));

        Assert.All(Enumerable.Range(0, 8), i => Assert.Equal(content, File.ReadAllBytes(home.At($"copy-{i}"))));
    }

    [Fact]
    public async Task Fetch_IsRefusedForLong_TellsWhyOnce()
    {
        using TemporaryFolder home = new();
        await using var server = await RunningServer.StartAsync(home, limits: new CallLimits { Transfers = 0 });
        (var file, _, var digest) = await WriteAsync(home, 10);
        List<string> told = [];
        var options = Quick with { Patience = TimeSpan.FromSeconds(1), DelayedAfter = TimeSpan.FromMilliseconds(100), Delayed = told.Add };

        await Assert.ThrowsAsync<RpcException>(() => new ArtifactClient(server.Connect(), options, TimeProvider.System).FetchToAsync(
            new Artifact { Name = Path.GetFileName(file), Digest = digest, Bytes = 10 }, home.At("copy"), null, CancellationToken.None));

        Assert.Contains("at most 0", Assert.Single(told), StringComparison.Ordinal);
    }

    [Fact]
    public async Task Upload_OtherBytesThanTheDigest_AreDropped()
    {
        using TemporaryFolder home = new();
        await using var server = await RunningServer.StartAsync(home);
        ArtifactCalls raw = new(server.Connect());
        string digest = new('a', 64);
        using var call = raw.Upload();
        await call.RequestStream.WriteAsync(new UploadRequest { Start = new UploadStart { Digest = digest, Bytes = 3 } });
        await call.RequestStream.WriteAsync(new UploadRequest { Data = ByteString.CopyFromUtf8("abc") });
        await call.RequestStream.CompleteAsync();

        var refused = await Assert.ThrowsAsync<RpcException>(() => call.ResponseAsync);

        Assert.Equal(StatusCode.DataLoss, refused.StatusCode);
        var stat = await raw.StatAsync(new StatRequest { Digest = digest });
        Assert.Equal((false, 0L), (stat.Complete, stat.Bytes));
    }

    [Theory]
    [InlineData("../../../etc/passwd", 3, 0, StatusCode.InvalidArgument)]
    [InlineData("AAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAA", 3, 0, StatusCode.InvalidArgument)]
    [InlineData("bbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbb", -1, 0, StatusCode.InvalidArgument)]
    [InlineData("bbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbb", 3, 2, StatusCode.InvalidArgument)]
    [InlineData("bbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbb", 1001, 0, StatusCode.ResourceExhausted)]
    public async Task Upload_ImpossibleStart_IsRefused(string digest, long bytes, long offset, StatusCode code)
    {
        using TemporaryFolder home = new();
        await using var server = await RunningServer.StartAsync(home, store: new ArtifactStoreOptions { LargestFile = 1000, ReservedBytes = 0 });
        using var call = new ArtifactCalls(server.Connect()).Upload();
        await call.RequestStream.WriteAsync(new UploadRequest { Start = new UploadStart { Digest = digest, Bytes = bytes, Offset = offset } });

        Assert.Equal(code, (await Assert.ThrowsAsync<RpcException>(() => call.ResponseAsync)).StatusCode);
    }

    [Fact]
    public async Task Upload_FullDisk_SaysSoAndKeepsWhatIsThere()
    {
        using TemporaryFolder home = new();
        await using var server = await RunningServer.StartAsync(home, store: new ArtifactStoreOptions { ReservedBytes = 1L << 60 });
        (var file, _, var digest) = await WriteAsync(home, 1000);
        var half = home.At("artifacts", "partial", digest);
        await File.WriteAllBytesAsync(half, new byte[500]);

        var refused = await Assert.ThrowsAsync<RpcException>(
            () => new ArtifactClient(server.Connect(), Quick, TimeProvider.System).SendAsync(file, null, CancellationToken.None));

        Assert.Equal(StatusCode.ResourceExhausted, refused.StatusCode);
        Assert.Contains("disk is full", refused.Status.Detail, StringComparison.Ordinal);
        Assert.Equal(500, new FileInfo(half).Length);
    }

    [Fact]
    public async Task Fetch_HalfIsHereAndDamaged_BeginsAnewAndIsRight()
    {
        using TemporaryFolder home = new();
        await using var server = await RunningServer.StartAsync(home);
        (var file, var content, var digest) = await WriteAsync(home, 700_000);
        await IngestAsync(server.Store, file);
        ArtifactStore cache = new(home.At("cache"), new ArtifactStoreOptions { ReservedBytes = 0 });
        await File.WriteAllBytesAsync(home.At("cache", "partial", digest), new byte[300_000]);
        Progress progress = new();

        var path = await new ArtifactClient(server.Connect(), Quick, TimeProvider.System)
            .FetchAsync(new Artifact { Name = "data.zip", Digest = digest, Bytes = content.Length }, cache, progress, CancellationToken.None);

        Assert.Equal(content, await File.ReadAllBytesAsync(path));
        Assert.Equal([300_000, 0], progress.Reports.Where(report => report.Bytes is 0 or 300_000).Select(report => report.Bytes));
    }

    [Fact]
    public async Task FetchTo_RightFileIsThere_MovesNothing()
    {
        using TemporaryFolder home = new();
        await using var server = await RunningServer.StartAsync(home);
        (var file, var content, var digest) = await WriteAsync(home, 1000);
        ArtifactClient client = new(server.Connect(), Quick, TimeProvider.System);

        // The server does not even have it: a second download of the same file asks for nothing.
        await client.FetchToAsync(new Artifact { Name = "file", Digest = digest, Bytes = content.Length }, file, null, CancellationToken.None);
        var missing = await Assert.ThrowsAsync<ArtifactException>(
            () => client.FetchToAsync(new Artifact { Name = "file", Digest = digest, Bytes = content.Length }, home.At("other"), null, CancellationToken.None));

        Assert.Equal((ArtifactFault.Missing, $"The coordinator does not have file (artifact {digest}) any more."), (missing.Fault, missing.Message));
    }

    [Fact]
    public async Task SendAndFetchTo_FileOfAConfigMap_AreOfTheFileAndNotOfTheLink()
    {
        using TemporaryFolder home = new();
        await using var server = await RunningServer.StartAsync(home);
        (var file, var content, var digest) = await WriteAsync(home, 3_000_000);
        // As the kubelet mounts one: the file is a link into a folder that is a link too.
        Directory.CreateDirectory(home.At("..2026_01_01"));
        File.Move(file, home.At("..2026_01_01", "images.zip"));
        File.CreateSymbolicLink(home.At("..data"), "..2026_01_01");
        File.CreateSymbolicLink(home.At("images.zip"), Path.Combine("..data", "images.zip"));
        ArtifactClient client = new(server.Connect(), Quick, TimeProvider.System);

        var sent = await client.SendAsync(home.At("images.zip"), null, CancellationToken.None);

        Assert.Equal(("images.zip", digest, content.Length), (sent.Name, sent.Digest, sent.Bytes));
        Assert.Equal(content, await File.ReadAllBytesAsync(server.Store.Locate(ArtifactDigest.Parse(digest))));
        await client.FetchToAsync(sent, home.At("images.zip"), null, CancellationToken.None);
        Assert.NotNull(new FileInfo(home.At("images.zip")).LinkTarget);
    }

    [Fact]
    public async Task Prune_UnneededAndOldFiles_Go()
    {
        using TemporaryFolder home = new();
        ArtifactStore store = new(home.At("artifacts"), new ArtifactStoreOptions { ReservedBytes = 0 });
        (var first, _, var needed) = await WriteAsync(home, 100);
        await IngestAsync(store, first);
        (var second, _, var other) = await WriteAsync(home, 200);
        await IngestAsync(store, second);
        await File.WriteAllBytesAsync(home.At("artifacts", "partial", new string('c', 64)), new byte[50]);
        bool IsNeeded(ArtifactDigest digest) => digest.ToString() == needed;

        Assert.Equal(0, store.Prune(IsNeeded, DateTimeOffset.UtcNow.AddHours(-1)));
        Assert.Equal(250, store.Prune(IsNeeded, DateTimeOffset.UtcNow.AddHours(1)));
        Assert.True(store.Contains(ArtifactDigest.Parse(needed)));
        Assert.False(store.Contains(ArtifactDigest.Parse(other)));
    }

    private static async Task IngestAsync(ArtifactStore store, string file)
    {
        await using var source = File.OpenRead(file);
        await store.IngestAsync(source, file, CancellationToken.None);
    }

    private static async Task<(string File, byte[] Content, string Digest)> WriteAsync(TemporaryFolder home, int bytes)
    {
        var content = new byte[bytes];
        new Random(bytes).NextBytes(content);
        var file = home.At($"file-{bytes}");
        await File.WriteAllBytesAsync(file, content);
        return (file, content, Convert.ToHexStringLower(SHA256.HashData(content)));
    }

    private sealed class Progress : IProgress<ArtifactProgress>
    {
        public List<ArtifactProgress> Reports { get; } = [];

        public void Report(ArtifactProgress value) => Reports.Add(value);
    }
}
