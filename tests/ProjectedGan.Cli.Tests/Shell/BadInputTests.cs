using ProjectedGan.Cli.Tests.Processes;
using ProjectedGan.Cli.Tests.Runs;
using ProjectedGan.Testing;

namespace ProjectedGan.Cli.Tests.Shell;

/// <summary>What users do wrong, on the real binary: one clear line, the right exit code, no stack trace.</summary>
[Trait("Speed", "Slow")]
public class BadInputTests
{
    [Theory]
    [InlineData("--set", "batch=5", "batch", "replicas")]
    [InlineData("--set", "data.resolution=96", "data.resolution", "power of two")]
    [InlineData("--set", "generator.widht=8", "generator.widht", "generator.width")]
    [InlineData("--set", "seed=soon", "seed", "whole number")]
    [InlineData("--set", "generator.conditional=true", "generator.conditional", "classes")]
    [InlineData("--set", "batch", "NAME=VALUE", "batch")]
    public async Task Train_WrongSetting_IsRefusedWithItsName(string flag, string value, string name, string hint)
    {
        using TemporaryFolder home = new();
        var spec = TinyRun.Write(home, 8, 0);
        var result = await PganProcess.RunAsync(home.Path, "train", "--spec", spec, "--run", home.At("run"), flag, value);
        result.Refused(2, name, hint);
        Assert.False(Directory.Exists(home.At("run")), "A refused run left a folder.");
    }

    [Fact]
    public async Task Train_UnknownFieldInFile_NamesItAndTheLine()
    {
        using TemporaryFolder home = new();
        var spec = TinyRun.Write(home, 8, 0);
        await File.AppendAllTextAsync(spec, "\nlearningRate: 0.1\n");
        (await PganProcess.RunAsync(home.Path, "train", "--spec", spec)).Refused(2, "learningRate", "line");
    }

    [Fact]
    public async Task Train_OtherClassesThanLabels_IsRefusedAndTheCorrectedSpecTrains()
    {
        using TemporaryFolder home = new();
        string[] arguments = ["train", "--spec", TinyRun.Write(home, 4, 0), "--run", home.At("run"), "--set", "generator.conditional=true", "--set"];
        await WriteLabelsAsync(home, classes: 2);

        (await PganProcess.RunAsync(home.Path, [.. arguments, "data.classes=5"])).Refused(2, "data.classes is 5", "labels of 2 classes; set it to 2");
        (await PganProcess.RunAsync(home.Path, [.. arguments, "data.classes=2"])).Succeeded();
    }

    [Fact]
    public async Task Evaluate_ConditionalRunOnUnlabelledImages_IsAUsageError()
    {
        using TemporaryFolder home = new();
        var spec = TinyRun.Write(home, 4, 0);
        await WriteLabelsAsync(home, classes: 2);
        (await PganProcess.RunAsync(
            home.Path, "train", "--spec", spec, "--run", home.At("run"), "--set", "generator.conditional=true", "--set", "data.classes=2")).Succeeded();
        (await PganProcess.RunAsync(home.Path, "weights", "import", Path.Combine(Repository.Downloads, "nsfwjs-4.3.0.tgz"), "--network", "mobilenet_v2")).Succeeded();
        File.Delete(home.At("images", "dataset.json"));

        (await PganProcess.RunAsync(home.Path, "evaluate", home.At("run"), "--samples", "16")).Refused(2, "has 2 classes", "no labels", "dataset.json");
        (await PganProcess.RunAsync(home.Path, "generate", home.At("run"), home.At("grid.png"))).Refused(2, "has 2 classes", "no labels", "dataset.json");
    }

    [Fact]
    public async Task Train_OtherSpecInTheFolder_IsRefusedAndTheRunStaysWhole()
    {
        using TemporaryFolder home = new();
        var spec = TinyRun.Write(home, 8, 0);
        string[] arguments = ["train", "--spec", spec, "--run", home.At("run")];
        (await PganProcess.RunAsync(home.Path, arguments)).Succeeded();
        var before = await File.ReadAllTextAsync(home.At("run", "spec.yaml"));
        (await PganProcess.RunAsync(home.Path, [.. arguments, "--seed", "8"])).Refused(2, "seed", "another spec");
        Assert.Equal(before, await File.ReadAllTextAsync(home.At("run", "spec.yaml")));
    }

    [Fact]
    public async Task Train_EmptyFolderOrBrokenZip_NamesIt()
    {
        using TemporaryFolder home = new();
        Directory.CreateDirectory(home.At("empty"));
        await File.WriteAllTextAsync(home.At("broken.zip"), "PK but no zip");
        var spec = TinyRun.Write(home, 8, 0);
        foreach (var data in new[] { "empty", "broken.zip", "missing.zip" })
        {
            var result = await PganProcess.RunAsync(home.Path, "train", "--spec", spec, "--run", home.At("run"), "--data", home.At(data));
            result.Refused(1, data);
        }
    }

    [Fact]
    public async Task Train_TruncatedWeights_NamesTheFile()
    {
        using TemporaryFolder home = new();
        var spec = TinyRun.Write(home, 8, 0);
        (await PganProcess.RunAsync(home.Path, "weights", "import", Path.Combine(Repository.Downloads, "nsfwjs-4.3.0.tgz"), "--network", "mobilenet_v2")).Succeeded();
        var weights = await File.ReadAllBytesAsync(home.At("weights", "mobilenet_v2.safetensors"));
        await File.WriteAllBytesAsync(home.At("cut.safetensors"), weights[..(weights.Length / 2)]);
        var result = await PganProcess.RunAsync(home.Path, "train", "--spec", spec, "--run", home.At("run"), "--weights", home.At("cut.safetensors"));
        result.Refused(1, "cut.safetensors");
    }

    [Theory]
    [InlineData(1, "features.weights is 'nosuch'", "--weights", "nosuch")]
    [InlineData(2, "data.resolution", "--resolution", "128")]
    public async Task Train_ThatCannotStart_LeavesNoFolder(int exitCode, string words, params string[] extra)
    {
        using TemporaryFolder home = new();
        var spec = TinyRun.Write(home, 8, 0);
        var result = await PganProcess.RunAsync(home.Path, ["train", "--spec", spec, "--run", home.At("run"), .. extra]);
        result.Refused(exitCode, words);
        Assert.False(Directory.Exists(home.At("run")), "The run's folder was made all the same.");
    }

    [NoGpuFact]
    public async Task Train_OnAMissingGpu_SaysSo() =>
        await RefuseAsync(2, ["execution.device", "cuda"], "--set", "execution.device=cuda");

    [Fact]
    public async Task Train_FolderInUse_SaysSo()
    {
        using TemporaryFolder home = new();
        var spec = TinyRun.Write(home, 8, 0);
        Directory.CreateDirectory(home.At("run"));
        await using FileStream held = new(home.At("run", ".lock"), FileMode.Create, FileAccess.ReadWrite, FileShare.None);
        (await PganProcess.RunAsync(home.Path, "train", "--spec", spec, "--run", home.At("run"))).Refused(2, "in use", "run");
    }

    [Theory]
    [InlineData("generate", "nowhere", "out.png")]
    [InlineData("evaluate", "nowhere")]
    [InlineData("interpolate", "nowhere", "walk.webp")]
    [InlineData("export", "nowhere", "model.onnx")]
    public async Task Generator_OfNoRun_IsRefused(params string[] arguments)
    {
        using TemporaryFolder home = new();
        (await PganProcess.RunAsync(home.Path, arguments)).Refused(2, "nowhere");
    }

    [Fact]
    public async Task CommandLine_UnknownOption_IsAUsageError()
    {
        using TemporaryFolder home = new();
        (await PganProcess.RunAsync(home.Path, "train", "--sped", "x.yaml")).Refused(2, "--sped", "--help");
    }

    [Theory]
    [InlineData("--metric is '-1'", "evaluate", "run", "--metric", "-1")]
    [InlineData("--metric is '2'", "evaluate", "run", "--metric", "FrechetDistance", "2")]
    [InlineData("--covariance is '7'", "evaluate", "run", "--covariance", "7")]
    [InlineData("--fit is 'Crop,Stretch'", "dataset", "create", "images", "out.zip", "--fit", "Crop,Stretch")]
    [InlineData("--state: '-1'", "list", "--state", "-1")]
    public async Task Option_NumberInPlaceOfAName_IsAUsageError(string words, params string[] arguments)
    {
        using TemporaryFolder home = new();
        (await PganProcess.RunAsync(home.Path, arguments)).Refused(2, words);
    }

    [Fact]
    public async Task Demo_NoMinutes_IsRefused()
    {
        using TemporaryFolder home = new();
        (await PganProcess.RunAsync(home.Path, "demo", "--minutes", "0")).Refused(2, "--minutes");
    }

    private static Task WriteLabelsAsync(TemporaryFolder home, int classes) => File.WriteAllTextAsync(
        home.At("images", "dataset.json"),
        $$"""{"labels": [{{string.Join(", ", Enumerable.Range(0, 24).Select(i => $"[\"{i:D2}.png\", {i % classes}]"))}}]}""");

    private static async Task RefuseAsync(int exitCode, string[] words, params string[] extra)
    {
        using TemporaryFolder home = new();
        var spec = TinyRun.Write(home, 8, 0);
        (await PganProcess.RunAsync(home.Path, ["train", "--spec", spec, "--run", home.At("run"), .. extra])).Refused(exitCode, words);
    }
}
