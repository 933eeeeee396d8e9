using ProjectedGan.Cli.Tests.Processes;

namespace ProjectedGan.Cli.Tests.Runs;

/// <summary>Training in a folder that <c>pgan download</c> has filled: its files lie there without a run around them.</summary>
[Trait("Speed", "Slow")]
public class DownloadedCheckpointTests
{
    [Fact]
    public async Task Train_FolderOfACheckpoint_GoesOnFromItAndGenerateTakesTheNewest()
    {
        using TemporaryFolder home = new();
        var spec = TinyRun.Write(home, 16, 0);
        (await PganProcess.RunAsync(home.Path, "train", "--spec", spec, "--run", home.At("first"), "--images", "8")).Succeeded();
        Directory.Move(Assert.Single(Directory.GetDirectories(home.At("first", "checkpoints"), "checkpoint-*")), home.At("downloaded"));
        var whole = (await PganProcess.RunAsync(home.Path, "train", "--spec", spec, "--run", home.At("whole"))).Succeeded();

        var longer = (await PganProcess.RunAsync(home.Path, "train", "--spec", spec, "--run", home.At("downloaded"))).Succeeded();

        Assert.Contains("Resumed at 8 images", await File.ReadAllTextAsync(home.At("downloaded", "log.jsonl")), StringComparison.Ordinal);
        Assert.Equal(TinyRun.WeightsHash(whole), TinyRun.WeightsHash(longer));
        var drawn = (await PganProcess.RunAsync(home.Path, "generate", home.At("downloaded"), home.At("grid.png"), "--count", "2")).Succeeded();
        Assert.Contains("checkpoint-000000004", drawn.Output, StringComparison.Ordinal);
        (await PganProcess.RunAsync(home.Path, "train", "--spec", spec, "--run", home.At("downloaded"), "--seed", "9")).Refused(2, "seed");
    }

    [Fact]
    public async Task Train_FolderOfACheckpointOfAnotherSpec_NamesTheDifference()
    {
        using TemporaryFolder home = new();
        var spec = TinyRun.Write(home, 8, 0);
        (await PganProcess.RunAsync(home.Path, "train", "--spec", spec, "--run", home.At("first"))).Succeeded();
        Directory.Move(Assert.Single(Directory.GetDirectories(home.At("first", "checkpoints"), "checkpoint-*")), home.At("downloaded"));

        (await PganProcess.RunAsync(home.Path, "train", "--spec", spec, "--run", home.At("downloaded"), "--seed", "9")).Refused(2, "another spec", "seed is 7 there and 9 here");
    }

    [Fact]
    public async Task Train_FolderOfAGeneratorAlone_IsRefused()
    {
        using TemporaryFolder home = new();
        var spec = TinyRun.Write(home, 8, 0);
        Directory.CreateDirectory(home.At("best"));
        await File.WriteAllTextAsync(home.At("best", "snapshot-0000000008.safetensors"), "weights");

        (await PganProcess.RunAsync(home.Path, "train", "--spec", spec, "--run", home.At("best"))).Refused(2, "snapshot-0000000008.safetensors", "another folder");

        Assert.Single(Directory.GetFileSystemEntries(home.At("best")));
    }
}
