using System.Text.Json;
using ProjectedGan.Cli.Generation;
using ProjectedGan.Cli.Tests.Processes;
using ProjectedGan.Cli.Tests.Runs;
using ProjectedGan.Data.Images;
using ProjectedGan.Foundation;

namespace ProjectedGan.Cli.Tests.Generation;

[Trait("Speed", "Slow")]
public class GenerateTests
{
    [Fact]
    public async Task Generate_ConditionalGenerator_DrawsOneClassOrNamesTheDrawnOnes()
    {
        using TemporaryFolder home = new();
        var spec = TinyRun.Write(home, 8, 0);
        object[][] labels = [.. Enumerable.Range(0, 24).Select(image => new object[] { $"{image:D2}.png", image % 2 })];
        await File.WriteAllTextAsync(home.At("images", "dataset.json"), JsonSerializer.Serialize(new { labels }));
        (await PganProcess.RunAsync(
            home.Path, "train", "--spec", spec, "--run", "run", "--set", "data.classes=2", "--set", "generator.conditional=true", "--set", "discriminator.conditional=true")).Succeeded();

        (await PganProcess.RunAsync(home.Path, "generate", "run", "drawn", "--count", "12")).Succeeded();
        var drawn = Files(home.At("drawn"));
        Assert.Equal(12, drawn.Length);
        Assert.All(drawn.Select((name, sample) => (name, sample)), file => Assert.Matches($@"^{file.sample:D6}-class[01]\.png$", file.name));
        Assert.Equal(2, drawn.Select(name => name[6..]).Distinct().Count());

        (await PganProcess.RunAsync(home.Path, "generate", "run", "ones", "--class", "1", "--count", "12")).Succeeded();
        Assert.All(Files(home.At("ones")), name => Assert.EndsWith("-class1.png", name, StringComparison.Ordinal));
        // The same sample where that class was drawn, and another one where it was not.
        Assert.All(drawn, name => Assert.Equal(
            name.EndsWith("-class1.png", StringComparison.Ordinal),
            File.ReadAllBytes(home.At("drawn", name)).AsSpan().SequenceEqual(File.ReadAllBytes(home.At("ones", $"{name[..6]}-class1.png")))));
        (await PganProcess.RunAsync(home.Path, "generate", "run", "other", "--class", "2")).Refused(2, "--class is 2", "2 classes");
        Assert.False(Directory.Exists(home.At("other")));

        // Both classes in the run's own walk, too.
        (await PganProcess.RunAsync(home.Path, "interpolate", "run", "both.webp")).Succeeded();
        var both = File.ReadAllBytes(home.At("both.webp"));
        Assert.Equal(File.ReadAllBytes(home.At("run", "interpolation.webp")), both);
        foreach (var label in (string[])["0", "1"])
        {
            (await PganProcess.RunAsync(home.Path, "interpolate", "run", "one.webp", "--class", label)).Succeeded();
            Assert.NotEqual(File.ReadAllBytes(home.At("one.webp")), both);
        }

        Directory.Delete(home.At("images"), recursive: true);
        (await PganProcess.RunAsync(home.Path, "interpolate", "run", "one.webp", "--class", "1")).Succeeded();
        (await PganProcess.RunAsync(home.Path, "interpolate", "run", "one.webp")).Refused(1, "--class");
    }

    [Fact]
    public async Task Generate_SeedsAndTargets_AreWhatUsersMean()
    {
        using TemporaryFolder home = new();
        (await PganProcess.RunAsync(home.Path, "train", "--spec", TinyRun.Write(home, 8, 0), "--run", "run")).Succeeded();

        var drawn = (await PganProcess.RunAsync(home.Path, "generate", "run", "seeds", "--seeds", "0-2,7", "--truncation", "1")).Succeeded();
        Assert.Contains("4 samples", drawn.Output, StringComparison.Ordinal);
        Assert.Equal(["seed0000.png", "seed0001.png", "seed0002.png", "seed0007.png"], Files(home.At("seeds")));
        (await PganProcess.RunAsync(home.Path, "generate", "run", "one", "--seed", "7", "--count", "1")).Succeeded();
        Assert.Equal(File.ReadAllBytes(home.At("one", "000000.png")), File.ReadAllBytes(home.At("seeds", "seed0007.png")));
        (await PganProcess.RunAsync(home.Path, "generate", "run", "grid.png", "--seeds", "0-3", "--columns", "2")).Succeeded();
        Assert.Equal((128, 128), (ImageCodec.Probe(File.ReadAllBytes(home.At("grid.png"))).Width, ImageCodec.Probe(File.ReadAllBytes(home.At("grid.png"))).Height));

        await File.WriteAllTextAsync(home.At("one", "000000.png"), "mine");
        (await PganProcess.RunAsync(home.Path, "generate", "run", "one", "--count", "2")).Refused(2, "000000.png", "--overwrite");
        Assert.Equal("mine", await File.ReadAllTextAsync(home.At("one", "000000.png")));
        Assert.Single(Files(home.At("one")));
        (await PganProcess.RunAsync(home.Path, "generate", "run", "one", "--count", "2", "--overwrite")).Succeeded();
        Assert.Equal(2, Files(home.At("one")).Length);
        (await PganProcess.RunAsync(home.Path, "generate", "run", "x.jpg")).Refused(2, "'x.jpg' ends with .jpg", ".png");
        (await PganProcess.RunAsync(home.Path, "generate", "run", "tiny.yaml")).Refused(2, "'tiny.yaml' is a file");
        Assert.False(Path.Exists(home.At("x.jpg")));
        (await PganProcess.RunAsync(home.Path, "generate", "run", "more", "--truncation", "0.7")).Refused(2, "--truncation is 0.7", "Leave it out");
        (await PganProcess.RunAsync(home.Path, "generate", "run", "more", "--seeds", "0-3", "--count", "4")).Refused(2, "--seeds", "--count");
        (await PganProcess.RunAsync(home.Path, "generate", "run", "more", "--class", "0")).Refused(2, "--class is 0", "without classes");
        (await PganProcess.RunAsync(home.Path, "interpolate", "run", "walk.webp", "--class", "1")).Refused(2, "--class is 1", "without classes");
    }

    [Fact]
    public async Task Generate_OfAStyleGan2_IsTruncated()
    {
        using TemporaryFolder home = new();
        (await PganProcess.RunAsync(
            home.Path, "train", "--spec", TinyRun.Write(home, 8, 0), "--run", "run", "--set", "generator.kind=stylegan2", "--set", "generator.styleSize=8", "--set", "generator.mostChannels=8")).Succeeded();
        foreach ((var folder, var psi) in new[] { ("none", "1"), ("half", "0.5"), ("average", "0") })
        {
            (await PganProcess.RunAsync(home.Path, "generate", "run", folder, "--count", "2", "--truncation", psi)).Succeeded();
        }

        (await PganProcess.RunAsync(home.Path, "generate", "run", "plain", "--count", "2")).Succeeded();
        (await PganProcess.RunAsync(home.Path, "generate", "run", "still", "--count", "2", "--noise", "stored")).Succeeded();
        Assert.NotEqual(Pixels("plain"), Pixels("still"));
        Assert.Equal(Pixels("plain"), Pixels("none"));
        Assert.True(Difference("half") < Difference("none"), $"{Difference("half")} is not below {Difference("none")}.");
        Assert.True(Difference("average") < Difference("half"), $"{Difference("average")} is not below {Difference("half")}.");
        (await PganProcess.RunAsync(home.Path, "generate", "run", "far", "--truncation", "3")).Refused(2, "--truncation is 3");

        byte[] Pixels(string folder, int sample = 0) => ImageCodec.Decode(File.ReadAllBytes(home.At(folder, $"{sample:D6}.png"))).Pixels;

        // Of the two samples from each other.
        double Difference(string folder) => Pixels(folder, 0).Zip(Pixels(folder, 1), (first, second) => Math.Pow(first - second, 2)).Average();
    }

    [Theory]
    [InlineData("0-3", new long[] { 0, 1, 2, 3 })]
    [InlineData("5", new long[] { 5 })]
    [InlineData("1, 5,9-10", new long[] { 1, 5, 9, 10 })]
    public void ParseSeeds_Lists_AreRead(string text, long[] expected) => Assert.Equal(expected, SampleChoice.ParseSeeds(text));

    [Theory]
    [InlineData("")]
    [InlineData("a")]
    [InlineData("-1")]
    [InlineData("3-1")]
    [InlineData("1,,2")]
    [InlineData("1,1")]
    [InlineData("0-9223372036854775807")]
    [InlineData("0-1000000")]
    [InlineData("0x10")]
    public void ParseSeeds_AnythingElse_IsAUsageError(string text) =>
        Assert.Contains($"--seeds is '{text}'", Assert.Throws<UsageException>(() => SampleChoice.ParseSeeds(text)).Message, StringComparison.Ordinal);

    private static string[] Files(string folder) => [.. Directory.GetFiles(folder).Select(file => Path.GetFileName(file)).Order(StringComparer.Ordinal)];
}
