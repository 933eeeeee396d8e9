using System.Text.RegularExpressions;
using ProjectedGan.Cli.Tests.Processes;
using ProjectedGan.Data.Images;
using ProjectedGan.Evaluation.Curves;
using ProjectedGan.Networks.Features;
using ProjectedGan.Networks.StateDicts;
using static TorchSharp.torch;

namespace ProjectedGan.Cli.Tests.Shell;

/// <summary>What the README and docs/install.md tell to type, as it stands.</summary>
[Trait("Speed", "Slow")]
public partial class ReadmeTests
{
    // The lines train for hours; with these they take a moment.
    private static readonly string[] Small =
    [
        "--images", "8", "--batch", "4", "--replicas", "2", "--evaluation-samples", "8", "--set", "generator.width=4", "--set", "generator.latentSize=16",
        "--set", "features.inputSize=128", "--set", "projection.channels=4", "--set", "discriminator.widthFactor=0.05",
    ];

    [Fact]
    public async Task FiveLines_AsTheyStand_GoFromPhotographsToAWalk()
    {
        using TemporaryFolder home = new();
        WritePhotographs(home.At("photos"), 24);
        // What timm publishes, but for the numbers: files are known by their content.
        using (var network = FeatureNetworks.Create("tf_efficientnet_lite0"))
        {
            network.Randomize(new Generator(1));
            StateDict.Save(network, home.At("tf_efficientnet_lite0.pth"));
        }

        string[] lines = [.. Line().Matches(Section("README.md", "## Five lines", "\nEvery command")).Select(match => match.Groups[1].Value)];
        Assert.Equal(5, lines.Length);
        var printed = "";
        foreach (var line in lines)
        {
            string[] words = [.. line.Replace("~/photos", home.At("photos"), StringComparison.Ordinal).Replace("10000", "16", StringComparison.Ordinal).Split(' ', StringSplitOptions.RemoveEmptyEntries)];
            printed += (await PganProcess.RunAsync(home.Path, words[0] == "train" ? [.. words, .. Small] : words)).Succeeded().Output;
        }

        Assert.Contains("fd_tf_efficientnet_lite0", printed, StringComparison.Ordinal);
        Assert.Contains("recall_tf_efficientnet_lite0", printed, StringComparison.Ordinal);
        Assert.True(File.Exists(home.At("walk.webp")));
    }

    [Fact]
    public async Task Train_SpecOfTheInstallationGuide_FindsItsWeightsByName()
    {
        using TemporaryFolder home = new();
        WritePhotographs(home.At("photos"), 32);
        await File.WriteAllTextAsync(home.At("faces.yaml"), Section("docs/install.md", "cat > faces.yaml <<'END'\n", "END\n"));
        (await PganProcess.RunAsync(home.Path, "dataset", "create", "photos", "faces.zip", "--resolution", "64")).Succeeded();
        (await PganProcess.RunAsync(home.Path, "weights", "import", Path.Combine(Repository.Downloads, "nsfwjs-4.3.0.tgz"), "--network", "mobilenet_v2")).Succeeded();

        (await PganProcess.RunAsync(home.Path, "train", "--spec", "faces.yaml", "--images", "16", "--evaluation-samples", "16")).Succeeded();

        Assert.Equal([(0L, "mobilenet_v2"), (16L, "mobilenet_v2")], FdCsv.Read(home.At("runs", "faces", "fd.csv")).Select(row => (row.Images, row.FeatureNetwork)));
    }

    private static void WritePhotographs(string folder, int count)
    {
        Directory.CreateDirectory(folder);
        for (var i = 0; i < count; i++)
        {
            var pixels = new byte[300 * 260 * 3];
            new Random(i).NextBytes(pixels);
            File.WriteAllBytes(Path.Combine(folder, $"{i:D2}.png"), ImageCodec.EncodePng(new ImageBuffer(300, 260, 3, pixels)));
        }
    }

    private static string Section(string file, string from, string to)
    {
        var text = File.ReadAllText(Path.Combine(Repository.Root, file));
        var start = text.IndexOf(from, StringComparison.Ordinal) + from.Length;
        return text[start..text.IndexOf(to, start, StringComparison.Ordinal)];
    }

    [GeneratedRegex(@"^    \./pgan (.*)$", RegexOptions.Multiline)]
    private static partial Regex Line();
}
