using ProjectedGan.Cli.Tests.Processes;
using ProjectedGan.Cli.Tests.Runs;
using ProjectedGan.Data.Images;

namespace ProjectedGan.Cli.Tests.Shell;

/// <summary>What <c>dataset create</c> and <c>dataset inspect</c> print of a folder as people have them.</summary>
[Trait("Speed", "Slow")]
public class DatasetCommandTests
{
    [Fact]
    public async Task CreateThenInspect_UntidyFolder_SaysWhatBecameOfEveryFile()
    {
        using TemporaryFolder home = new();
        foreach (var name in new[] { "10/a.png", "2/b.png", "2/c.png", ".git/x.png" })
        {
            WriteImage(home, 64, "in", name);
        }

        WriteImage(home, 8, "in", "2/small.png");
        await File.WriteAllTextAsync(home.At("in", "readme.bmp"), "no image");
        Directory.CreateDirectory(home.At("in", "7"));
        await File.WriteAllTextAsync(home.At("in", "7", "broken.png"), "no image");

        var created = Lines(await RunAsync(home, "create", "in", "out.zip", "--resolution", "64", "--labels", "SubFolder"));
        Assert.Equal(
            [
                "out.zip: 4 images, 2 classes",
                "          0 2: 3 images",
                "          1 10: 1 images",
                "lost      class '7': none of its images can be used",
                "left out 2 files: 1 .bmp, 1 hidden",
                "enlarged 1 images of fewer than 64 pixels a side, the smallest '2/small.png', 8x8; --min-size leaves small ones out",
                "skipped 1 (all of them in out.zip.skipped.txt):",
                "  7/broken.png: it is no PNG, JPEG, WebP, GIF, TIFF or AVIF image",
            ],
            created);

        var inspected = Lines(await RunAsync(home, "inspect", "out.zip"));
        Assert.Equal(["classes   2 with 1 to 3 images", "          0 2: 3 images", "          1 10: 1 images"], inspected[3..6]);
        Assert.Equal("training  ready", inspected[^1]);
        var folder = await PganProcess.RunAsync(home.Path, "dataset", "inspect", "in");
        Assert.Contains("others    left out 2 files: 1 .bmp, 1 hidden", Lines(folder));
    }

    [Fact]
    public async Task Create_SecondTimeWithNothingToSkip_RemovesTheListOfTheFirst()
    {
        using TemporaryFolder home = new();
        WriteImage(home, 64, "in", "a.png");
        await File.WriteAllTextAsync(home.At("in", "zero.jpg"), "");
        (await RunAsync(home, "create", "in", "out.zip", "--resolution", "64")).Succeeded();
        Assert.True(File.Exists(home.At("out.zip.skipped.txt")));

        File.Delete(home.At("in", "zero.jpg"));
        var again = (await RunAsync(home, "create", "in", "out.zip", "--resolution", "64")).Succeeded();

        Assert.Equal("out.zip: 1 images", again.Output);
        Assert.False(File.Exists(home.At("out.zip.skipped.txt")), "The list of an earlier zip stayed.");
    }

    [Theory]
    [InlineData("--resolution", "32")]
    [InlineData("--resolution", "100")]
    [InlineData("--resolution", "4096")]
    [InlineData("--min-size", "-1")]
    [InlineData("--threads", "-1")]
    public async Task Create_OptionOutOfRange_IsAUsageError(string option, string value)
    {
        using TemporaryFolder home = new();
        WriteImage(home, 64, "in", "a.png");
        (await RunAsync(home, "create", "in", "out.zip", option, value)).Refused(2, value);
        Assert.False(File.Exists(home.At("out.zip")));
    }

    [Fact]
    public async Task Train_FolderWithOtherFiles_SaysWhatIsLeftOut()
    {
        using TemporaryFolder home = new();
        var spec = TinyRun.Write(home, 4, 0);
        WriteImage(home, 64, "images", ".ipynb_checkpoints/a-checkpoint.png");
        await File.WriteAllTextAsync(home.At("images", "a.bmp"), "no image");

        var trained = (await PganProcess.RunAsync(home.Path, "train", "--spec", spec, "--run", home.At("run"))).Succeeded();

        Assert.Contains("pgan: warning: the data set: left out 2 files: 1 .bmp, 1 hidden.", trained.Errors, StringComparison.Ordinal);
    }

    private static void WriteImage(TemporaryFolder home, int size, string folder, string name)
    {
        var path = home.At(folder, name);
        Directory.CreateDirectory(Path.GetDirectoryName(path)!);
        File.WriteAllBytes(path, ImageCodec.EncodePng(new ImageBuffer(size, size, 3)));
    }

    private static Task<PganResult> RunAsync(TemporaryFolder home, params string[] arguments) =>
        PganProcess.RunAsync(home.Path, ["dataset", .. arguments]);

    private static string[] Lines(PganResult result) => result.Output.Split('\n');
}
