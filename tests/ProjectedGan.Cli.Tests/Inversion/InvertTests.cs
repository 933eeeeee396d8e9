using System.Text.Json;
using ProjectedGan.Cli.Tests.Processes;
using ProjectedGan.Cli.Tests.Runs;
using ProjectedGan.Data.Images;
using ProjectedGan.Networks.Features;
using ProjectedGan.Networks.StateDicts;
using static TorchSharp.torch;

namespace ProjectedGan.Cli.Tests.Inversion;

[Trait("Speed", "Slow")]
public class InvertTests
{
    // Convolutions of one small image: threads would only wait for each other.
    private static readonly Dictionary<string, string> OneThread = new() { ["DOTNET_PROCESSOR_COUNT"] = "1" };

    [Fact]
    public async Task Invert_ConditionalStyleGan2_LeavesWhatGenerateAndInterpolateTakeBack()
    {
        using TemporaryFolder home = new();
        WriteNetwork(home.At("network.safetensors"));
        var spec = TinyRun.Write(home, 8, 0);
        object[][] labels = [.. Enumerable.Range(0, 24).Select(image => new object[] { $"{image:D2}.png", image % 2 })];
        await File.WriteAllTextAsync(home.At("images", "dataset.json"), JsonSerializer.Serialize(new { labels }));
        await SucceedAsync(
            home, "train", "--spec", spec, "--run", "run", "--evaluation-samples", "0", "--set", "generator.kind=stylegan2",
            "--set", "generator.styleSize=8", "--set", "generator.mostChannels=8", "--set", "data.classes=2", "--set", "generator.conditional=true",
            "--set", "discriminator.conditional=true", "--set", $"features.weights={home.At("network.safetensors")}");

        string[] seeds = ["--seeds", "0-2,5", "--class", "1", "--noise", "stored"];
        await SucceedAsync(home, ["generate", "run", "drawn", "--truncation", "0.7", .. seeds]);
        Assert.Equal(
            ["seed0000-class1.png", "seed0001-class1.png", "seed0002-class1.png", "seed0005-class1.png"],
            Directory.GetFiles(home.At("drawn")).Select(file => Path.GetFileName(file)).Order(StringComparer.Ordinal));
        await SucceedAsync(home, ["generate", "run", "far", .. seeds]);
        Assert.NotEqual(Pixels(home.At("drawn", "seed0005-class1.png")), Pixels(home.At("far", "seed0005-class1.png")));

        var inverted = await SucceedAsync(
            home, "invert", "run", "found", "--image", "drawn/seed0005-class1.png", "--class", "1", "--steps", "20");
        Assert.Matches(@"latent\.safetensors: distance \S+ after 20 steps, \S+ at the start", inverted.Output);
        var reconstruction = await File.ReadAllBytesAsync(home.At("found", "reconstruction.png"));
        var comparison = ImageCodec.Decode(await File.ReadAllBytesAsync(home.At("found", "comparison.png")));
        Assert.Equal((128, 64), (comparison.Width, comparison.Height));
        Assert.Equal(Pixels(home.At("drawn", "seed0005-class1.png")), Left(comparison).Pixels);

        await SucceedAsync(home, "generate", "run", "again", "--latents", "found/latent.safetensors");
        Assert.Equal(reconstruction, await File.ReadAllBytesAsync(home.At("again", "000000.png")));
        await SucceedAsync(
            home, "invert", "run", "other", "--image", "images/00.png", "--class", "0", "--steps", "3", "--features", "mobilenet_v2");
        await SucceedAsync(
            home, "interpolate", "run", "between.webp", "--latents", "found/latent.safetensors", "--latents", "other/latent.safetensors",
            "--frames", "3");
        Assert.InRange(ImageCodec.Probe(await File.ReadAllBytesAsync(home.At("between.webp"))).Frames, 2, 6);

        string[] latents = ["--latents", "found/latent.safetensors"];
        await RefuseAsync(home, 2, ["--latents", "--seeds"], ["generate", "run", "more", "--seeds", "0-3", .. latents]);
        await RefuseAsync(home, 2, ["--latents", "--count"], ["generate", "run", "more", "--count", "3", .. latents]);
        await RefuseAsync(home, 2, ["--truncation", "styles"], ["generate", "run", "more", "--truncation", "0.5", .. latents]);
        await RefuseAsync(home, 2, ["--class is 1", "styles"], ["generate", "run", "more", "--class", "1", .. latents]);
        await RefuseAsync(home, 1, ["network.safetensors", "'w'", "'z'"], "generate", "run", "more", "--latents", "network.safetensors");
        await RefuseAsync(home, 2, ["--latents has 1 latents", "two at least"], ["interpolate", "run", "x.webp", .. latents]);
        WriteLatents(home.At("short.safetensors"), "w", [1, 7]);
        await RefuseAsync(
            home, 1, ["short.safetensors", "[1, 7]", "another generator"], "generate", "run", "more", "--latents", "short.safetensors");
        WriteLatents(home.At("z.safetensors"), "z", [2, 16]);
        await RefuseAsync(home, 2, ["z.safetensors", "--class"], "generate", "run", "more", "--latents", "z.safetensors");
        await RefuseAsync(
            home, 2, ["different spaces"], ["generate", "run", "more", "--class", "1", "--latents", "z.safetensors", .. latents]);
        await SucceedAsync(home, "generate", "run", "of-z", "--class", "1", "--latents", "z.safetensors", "--truncation", "0.5");
        Assert.Equal(2, Directory.GetFiles(home.At("of-z")).Length);
        Assert.False(Directory.Exists(home.At("more")));

        string[] invert = ["invert", "run", "bad", "--image", "images/00.png"];
        await RefuseAsync(home, 2, ["2 classes", "--class"], invert);
        await RefuseAsync(home, 2, ["--class is 2"], [.. invert, "--class", "2"]);
        await RefuseAsync(home, 2, ["--steps is 0"], [.. invert, "--class", "1", "--steps", "0"]);
        await RefuseAsync(home, 2, ["Unknown feature network 'vgg'"], [.. invert, "--class", "1", "--features", "vgg"]);
        await RefuseAsync(home, 2, ["--image is 'nowhere.png'"], "invert", "run", "bad", "--image", "nowhere.png", "--class", "1");
        await RefuseAsync(home, 1, ["--image is 'tiny.yaml'"], "invert", "run", "bad", "--image", "tiny.yaml", "--class", "1");
        await RefuseAsync(
            home, 2, ["latent.safetensors", "--overwrite"], "invert", "run", "found", "--image", "images/00.png", "--class", "1");
        Assert.False(Directory.Exists(home.At("bad")));
    }

    [Fact]
    public async Task Invert_RandomFeaturesAndCtrlC_AreSaidAndKeepTheBest()
    {
        using TemporaryFolder home = new();
        await SucceedAsync(home, "train", "--spec", TinyRun.Write(home, 8, 0), "--run", "run");
        await RefuseAsync(home, 2, ["random features", "--features"], "invert", "run", "found", "--image", "images/03.png");

        using var process = PganProcess.Start(
            home.Path, OneThread, "invert", "run", "found", "--image", "images/03.png", "--features", "mobilenet_v2", "--steps", "1000000");
        using CancellationTokenSource patience = new(TimeSpan.FromMinutes(3));
        while (!process.HasExited && !process.Output.Contains(" of 1,000,000 steps, distance ", StringComparison.Ordinal))
        {
            Assert.False(patience.IsCancellationRequested, $"No step was told of. pgan printed:\n{process.Output}\n{process.Errors}");
            await Task.Delay(20);
        }

        process.Interrupt();
        var stopped = await process.WaitAsync();
        Assert.True(stopped.ExitCode == 130, $"pgan ended with {stopped.ExitCode}:\n{stopped.Output}\n{stopped.Errors}");
        Assert.Contains("the best so far is kept", stopped.Errors, StringComparison.Ordinal);
        await SucceedAsync(home, "generate", "run", "again", "--latents", "found/latent.safetensors");
        Assert.Equal(
            await File.ReadAllBytesAsync(home.At("found", "reconstruction.png")), await File.ReadAllBytesAsync(home.At("again", "000000.png")));
    }

    private static void WriteNetwork(string path)
    {
        using Generator random = new(1);
        using MobileNetV2 network = new();
        network.Randomize(random);
        StateDict.Save(network, path);
    }

    private static void WriteLatents(string path, string name, long[] shape)
    {
        using var values = ones(shape);
        TensorFile.Write(path, [(name, values)]);
    }

    private static ImageBuffer Left(ImageBuffer pair)
    {
        ImageBuffer left = new(pair.Width / 2, pair.Height, pair.Channels);
        for (var y = 0; y < left.Height; y++)
        {
            pair.Row(y)[..(left.Width * left.Channels)].CopyTo(left.Row(y));
        }

        return left;
    }

    private static byte[] Pixels(string path) => ImageCodec.Decode(File.ReadAllBytes(path)).Pixels;

    private static async Task<PganResult> SucceedAsync(TemporaryFolder home, params string[] arguments) =>
        (await RunAsync(home, arguments)).Succeeded();

    private static async Task RefuseAsync(TemporaryFolder home, int exitCode, string[] words, params string[] arguments) =>
        (await RunAsync(home, arguments)).Refused(exitCode, words);

    private static async Task<PganResult> RunAsync(TemporaryFolder home, string[] arguments)
    {
        using var process = PganProcess.Start(home.Path, OneThread, arguments);
        return await process.WaitAsync();
    }
}
