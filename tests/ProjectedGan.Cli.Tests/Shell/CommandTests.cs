using ProjectedGan.Cli.Tests.Processes;
using ProjectedGan.Cli.Tests.Runs;
using ProjectedGan.Data.Images;
using ProjectedGan.Testing;

namespace ProjectedGan.Cli.Tests.Shell;

[Trait("Speed", "Slow")]
public class CommandTests
{
    [Theory]
    [InlineData("demo")]
    [InlineData("train")]
    [InlineData("generate")]
    [InlineData("interpolate")]
    [InlineData("invert")]
    [InlineData("export")]
    [InlineData("import")]
    [InlineData("evaluate")]
    [InlineData("report")]
    [InlineData("dataset create")]
    [InlineData("dataset inspect")]
    [InlineData("weights list")]
    [InlineData("weights import")]
    [InlineData("weights pull")]
    [InlineData("weights inspect")]
    [InlineData("bench step")]
    [InlineData("doctor")]
    public async Task Help_OfEachCommand_HasExamples(string command)
    {
        using TemporaryFolder home = new();
        var help = (await PganProcess.RunAsync(home.Path, [.. command.Split(' '), "--help"])).Succeeded();
        Assert.Contains("Examples:", help.Output, StringComparison.Ordinal);
        Assert.Contains($"./pgan {command}", help.Output, StringComparison.Ordinal);
    }

    [Fact]
    public async Task Doctor_Here_NamesVersionsAndTheSelfCheck()
    {
        using TemporaryFolder home = new();
        var doctor = await PganProcess.RunAsync(home.Path, "doctor");
        Assert.All(
            new[] { "TorchSharp  0.107.0", "libtorch    2.10.0, MKL", "AVX", "oneDNN      3.", "convolutions checked against float64", "CUDA", "verdict" },
            words => Assert.Contains(words, doctor.Output, StringComparison.Ordinal));
    }

    [CpuBuildFact]
    public async Task Worker_OnCudaInABuildForCpus_SaysWhichBuildIsNeeded()
    {
        using TemporaryFolder home = new();
        var worker = await PganProcess.RunAsync(home.Path, "worker", "--coordinator", "http://127.0.0.1:1", "--device", "cuda");
        Assert.Equal(2, worker.ExitCode);
        Assert.Contains("-p:TorchDevice=cuda", worker.Errors, StringComparison.Ordinal);
    }

    [Fact]
    public async Task Train_PrintSpec_PrintsASpecThatLoadsAgain()
    {
        using TemporaryFolder home = new();
        var spec = TinyRun.Write(home, 8, 0);
        var printed = (await PganProcess.RunAsync(home.Path, "train", "--spec", spec, "--seed", "9", "--print-spec")).Succeeded();
        await File.WriteAllTextAsync(home.At("printed.yaml"), printed.Output);
        var again = (await PganProcess.RunAsync(home.Path, "train", "--spec", home.At("printed.yaml"), "--print-spec")).Succeeded();
        Assert.Contains("seed: 9", printed.Output, StringComparison.Ordinal);
        Assert.Equal(printed.Output, again.Output);
    }

    [Fact]
    public async Task Dataset_CreateThenInspectThenTrainThenGenerate_Works()
    {
        using TemporaryFolder home = new();
        var spec = TinyRun.Write(home, 8, 0);
        await File.WriteAllTextAsync(home.At("images", "broken.png"), "no image");
        var created = (await PganProcess.RunAsync(home.Path, "dataset", "create", home.At("images"), home.At("small.zip"), "--resolution", "64", "--mirror")).Succeeded();
        Assert.Contains("48 images", created.Output, StringComparison.Ordinal);
        Assert.Contains("broken.png", created.Output, StringComparison.Ordinal);
        var inspected = (await PganProcess.RunAsync(home.Path, "dataset", "inspect", home.At("small.zip"), "--verify")).Succeeded();
        Assert.Contains("training  ready", inspected.Output, StringComparison.Ordinal);

        var trained = (await PganProcess.RunAsync(home.Path, "train", "--spec", spec, "--run", home.At("run"), "--data", home.At("small.zip"))).Succeeded();
        Assert.Contains("warning: batch 4 over replicas 2 leaves 2 images a replica", trained.Errors, StringComparison.Ordinal);
        (await PganProcess.RunAsync(home.Path, "generate", home.At("run"), home.At("grid.png"), "--count", "6", "--columns", "3")).Succeeded();
        var grid = ImageCodec.Probe(await File.ReadAllBytesAsync(home.At("grid.png")));
        Assert.Equal((192, 128), (grid.Width, grid.Height));
        var average = Path.Combine(Assert.Single(Directory.GetDirectories(home.At("run", "checkpoints"), "checkpoint-*")), "generator_ema.safetensors");
        (await PganProcess.RunAsync(home.Path, "generate", average, home.At("alone.png"), "--spec", spec, "--count", "6", "--columns", "3")).Succeeded();
        Assert.Equal(await File.ReadAllBytesAsync(home.At("grid.png")), await File.ReadAllBytesAsync(home.At("alone.png")));
        (await PganProcess.RunAsync(home.Path, "generate", average, home.At("alone.png"))).Refused(2, "generator_ema.safetensors", "--spec");
        (await PganProcess.RunAsync(home.Path, "generate", home.At("run"), home.At("alone.png"), "--spec", spec)).Refused(2, "is no file", "--spec");
        (await PganProcess.RunAsync(home.Path, "generate", home.At("run"), home.At("each"), "--count", "3")).Succeeded();
        Assert.Equal(3, Directory.GetFiles(home.At("each"), "*.png").Length);
        (await PganProcess.RunAsync(home.Path, "interpolate", home.At("run"), home.At("walk.webp"), "--cells", "1", "--stops", "2", "--frames", "3")).Succeeded();
        Assert.InRange(ImageCodec.Probe(await File.ReadAllBytesAsync(home.At("walk.webp"))).Frames, 1, 6);

        (await PganProcess.RunAsync(home.Path, "weights", "import", Path.Combine(Repository.Downloads, "nsfwjs-4.3.0.tgz"), "--network", "mobilenet_v2")).Succeeded();
        var measured = (await PganProcess.RunAsync(
            home.Path, "evaluate", home.At("run"), "--data", home.At("small.zip"), "--samples", "16", "--resamples", "2",
            "--metric", "FrechetDistance", "PrecisionRecall", "DensityCoverage5", "--neighbours", home.At("neighbours.png"))).Succeeded();
        Assert.Contains("fd_mobilenet_v2", measured.Output, StringComparison.Ordinal);
        Assert.Contains("recall_mobilenet_v2", measured.Output, StringComparison.Ordinal);
        Assert.Matches(@"coverage5_mobilenet_v2 \S+ ± ", measured.Output);
        Assert.Matches(@"neighbours\.png: sample \d+ is nearest", measured.Output);
        var sheet = Size(home.At("neighbours.png"));
        Assert.Equal((4 * (4 * 64 + 4) + 3 * 20, 12 * 68 - 4), sheet);
        string[] again = ["evaluate", home.At("run"), "--data", home.At("small.zip"), "--samples", "16"];
        (await PganProcess.RunAsync(home.Path, [.. again, "--resamples", "1"])).Refused(2, "resamples is 1");
        (await PganProcess.RunAsync(home.Path, [.. again, "--neighbours", home.At("missing", "sheet.png")])).Refused(2, "--neighbours", "does not exist");
        var clean = (await PganProcess.RunAsync(home.Path, [.. again, "--resize", "Clean"])).Succeeded();
        Assert.Contains("fd_mobilenet_v2_clean", clean.Output, StringComparison.Ordinal);
        (await PganProcess.RunAsync(
            home.Path, "train", "--spec", spec, "--run", home.At("measured"), "--data", home.At("small.zip"), "--set", "features.weights=mobilenet_v2",
            "--evaluation-samples", "8")).Succeeded();
        Assert.Equal(sheet, Size(home.At("measured", "neighbours.png")));
        var list = (await PganProcess.RunAsync(home.Path, "weights", "list")).Succeeded();
        Assert.Contains("mobilenet_v2", list.Output, StringComparison.Ordinal);
    }

    [Fact]
    public async Task Train_InFloat64_LeavesEveryFile()
    {
        using TemporaryFolder home = new();
        (await PganProcess.RunAsync(home.Path, "train", "--spec", TinyRun.Write(home, 4, 0), "--run", home.At("run"), "--set", "execution.precision=float64")).Succeeded();
        Assert.All(new[] { "samples.png", "interpolation.webp" }, file => Assert.True(File.Exists(home.At("run", file)), file));
    }

    [Fact]
    public async Task BenchStep_BesidePyTorch_PrintsTheRatio()
    {
        using TemporaryFolder home = new();
        var bench = (await PganProcess.RunAsync(
            home.Path, "bench", "step", "--config", "demo", "--set", "batch=4", "--iterations", "2", "--warmup", "1", "--rounds", "1",
            "--peer", Path.Combine(Repository.Root, "tests", "peers", "projected_gan_step.py"))).Succeeded();
        Assert.Matches(@"demo: median ratio of times \d+\.\d+", bench.Output);
    }

    private static (int Width, int Height) Size(string path)
    {
        var info = ImageCodec.Probe(File.ReadAllBytes(path));
        return (info.Width, info.Height);
    }
}
