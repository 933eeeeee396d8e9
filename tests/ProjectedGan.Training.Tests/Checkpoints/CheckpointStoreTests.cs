using ProjectedGan.Foundation;
using ProjectedGan.Training.Checkpoints;

namespace ProjectedGan.Training.Tests.Checkpoints;

public sealed class CheckpointStoreTests : IDisposable
{
    private readonly string _folder = Path.Combine(Path.GetTempPath(), $"pgan-store-{Guid.NewGuid():N}");

    public void Dispose()
    {
        if (Directory.Exists(_folder))
        {
            Directory.Delete(_folder, recursive: true);
        }
    }

    [Fact]
    public void Newest_NoFolder_IsNull() => Assert.Null(Store().Newest(Assert.Fail));

    [Fact]
    public void Write_ThenNewest_GivesManifestWithFiles()
    {
        Write(5, "abc");

        var checkpoint = Store().Newest(Assert.Fail)!;

        Assert.Equal(5, checkpoint.Manifest.Iteration);
        Assert.Equal("checkpoint-000000005", Path.GetFileName(checkpoint.Folder));
        Assert.Equal(3, checkpoint.Manifest.Files["data"].Bytes);
        Assert.Equal("ba7816bf8f01cfea414140de5dae2223b00361a396177a9cb410ff61f20015ad", checkpoint.Manifest.Files["data"].Sha256);
    }

    [Fact]
    public void Write_FailsHalfway_KeepsOlderAndLeavesNothing()
    {
        Write(1, "old");

        var error = Assert.Throws<PganException>(() => Store().Write(Manifest(2),
        [
            KeyValuePair.Create<string, Action<string>>("data", path => File.WriteAllText(path, "new")),
            KeyValuePair.Create<string, Action<string>>("more", _ => throw new IOException("No space left on device")),
        ]));

        Assert.Contains("checkpoint-000000002: the checkpoint cannot be written: No space left on device", error.Message, StringComparison.Ordinal);
        Assert.Equal(1, Store().Newest(Assert.Fail)!.Manifest.Iteration);
        Assert.Single(Directory.GetFileSystemEntries(_folder));
    }

    [Fact]
    public void Newest_LeftoversOfAKilledWriter_AreIgnoredAndLaterRemoved()
    {
        Write(1, "old");
        var leftover = Path.Combine(_folder, ".checkpoint-000000002.tmp");
        Directory.CreateDirectory(leftover);
        File.WriteAllText(Path.Combine(leftover, "data"), "half");

        Assert.Equal(1, Store().Newest(Assert.Fail)!.Manifest.Iteration);
        Write(3, "new");
        Assert.False(Directory.Exists(leftover));
    }

    [Theory]
    [InlineData("flip")]
    [InlineData("remove")]
    [InlineData("manifest")]
    [InlineData("format")]
    public void Newest_Damaged_WarnsAndUsesTheOneBefore(string damage)
    {
        Write(1, "old");
        Write(2, "new");
        var newest = Path.Combine(_folder, "checkpoint-000000002");
        var manifest = Path.Combine(newest, CheckpointStore.ManifestName);
        switch (damage)
        {
            case "flip":
                File.WriteAllText(Path.Combine(newest, "data"), "nex");
                break;
            case "remove":
                File.Delete(Path.Combine(newest, "data"));
                break;
            case "manifest":
                File.WriteAllText(manifest, "{");
                break;
            default:
                File.WriteAllText(manifest, File.ReadAllText(manifest).Replace("\"format\": 1", "\"format\": 99", StringComparison.Ordinal));
                break;
        }
        var warnings = new List<string>();

        Assert.Equal(1, Store().Newest(warnings.Add)!.Manifest.Iteration);

        Assert.StartsWith(newest, Assert.Single(warnings), StringComparison.Ordinal);
        Assert.Throws<PganException>(() => CheckpointStore.Open(newest));
        Write(2, "new");
        Assert.Equal(2, Store().Newest(Assert.Fail)!.Manifest.Iteration);
    }

    [Fact]
    public void Newest_FilesThatAreLinks_AreJudgedByWhatTheyLeadTo()
    {
        Write(1, "a text longer than the link that leads to it");
        var data = Path.Combine(_folder, "checkpoint-000000001", "data");
        File.Move(data, data + ".real");
        File.CreateSymbolicLink(data, "data.real");

        Assert.Equal(1, Store().Newest(Assert.Fail)!.Manifest.Iteration);
    }

    [Fact]
    public void Write_MoreThanKept_RemovesTheOldest()
    {
        for (var iteration = 1; iteration <= 5; iteration++)
        {
            Write(iteration, "x");
        }

        Assert.Equal(["checkpoint-000000005", "checkpoint-000000004"], Store().Folders().Select(Path.GetFileName));
    }

    [Fact]
    public void Write_BehindADamagedLaterOne_StaysAndTheDamagedOneGoes()
    {
        Write(150, "late", keep: 1);
        Damage(150);

        var written = Write(120, "again", keep: 1);

        Assert.Equal([written], Store().Folders());
        Assert.Equal(120, Store().Newest(Assert.Fail)!.Manifest.Iteration);
    }

    [Fact]
    public void Write_BehindAWholeLaterOne_KeepsBothAndDropsWhatIsOlder()
    {
        Write(100, "old");
        Write(110, "old");
        Write(150, "late");

        Write(120, "again");

        Assert.Equal([150, 120, 110], Iterations());
    }

    [Fact]
    public void Write_AfterADamagedOne_DoesNotCountIt()
    {
        Write(1, "old");
        Write(2, "bad");
        Damage(2);

        Write(3, "new");

        Assert.Equal([3, 1], Iterations());
    }

    [Fact]
    public void Write_OlderOnesUnchangedSinceThisStoreReadThem_AreNotReadAgain()
    {
        var store = Store();
        Write(1, "one", store);
        Write(2, "two", store);
        var data = Path.Combine(store.Folder(2), "data");
        var written = File.GetLastWriteTimeUtc(data);
        // No time tells of this: only who reads it sees it.
        File.WriteAllText(data, "twx");
        File.SetLastWriteTimeUtc(data, written);

        Write(3, "new", store);
        Assert.Equal([3, 2], Iterations());
        Write(4, "new");
        Assert.Equal([4, 3], Iterations());
    }

    [Fact]
    public void Write_AnOlderOneWithOtherBytesOfTheSameLength_DoesNotCount()
    {
        var store = Store();
        Write(1, "one", store);
        Write(2, "two", store);
        var data = Path.Combine(store.Folder(2), "data");
        File.WriteAllText(data, "twx");
        File.SetLastWriteTimeUtc(data, DateTime.UnixEpoch);

        Write(3, "new", store);

        Assert.Equal([3, 1], Iterations());
    }

    private IEnumerable<long> Iterations() => Store().Folders().Select(folder => CheckpointStore.Iteration(folder)!.Value);

    private void Damage(long iteration) => File.AppendAllText(Path.Combine(Store().Folder(iteration), "data"), "!");

    private CheckpointStore Store(int keep = 2) => new(_folder, keep);

    private string Write(long iteration, string text, int keep = 2) => Write(iteration, text, Store(keep));

    private static string Write(long iteration, string text, CheckpointStore store) => store.Write(
        Manifest(iteration), [KeyValuePair.Create<string, Action<string>>("data", path => File.WriteAllText(path, text))]);

    private static CheckpointManifest Manifest(long iteration) => new()
    {
        SpecHash = "spec",
        Spec = new Dictionary<string, string> { ["seed"] = "0" },
        FeatureNetworkHash = "features",
        Iteration = iteration,
        ImagesSeen = iteration,
        GeneratorSteps = iteration,
        DiscriminatorSteps = iteration,
    };
}
