using System.Text.Json;
using ProjectedGan.Cli.Runs;
using ProjectedGan.Cli.Tests.Processes;
using ProjectedGan.Data.Images;
using ProjectedGan.Evaluation.Curves;
using ProjectedGan.Networks.Features;
using ProjectedGan.Networks.StateDicts;
using static TorchSharp.torch;

namespace ProjectedGan.Cli.Tests.Runs;

/// <summary>Event files, read back by a Python that knows the format and not this project.</summary>
[Trait("Speed", "Slow")]
public class EventFileTests
{
    [Fact]
    public async Task Train_RolledBackAndResumed_SaysEachStepOnceAndWhatTheRunsOwnFilesSay()
    {
        using TemporaryFolder home = new();
        WriteNetwork(home.At("network.safetensors"));
        var spec = TinyRun.Write(home, totalImages: 16, checkpointImages: 8);
        string[] train =
        [
            "train", "--spec", spec, "--run", home.At("run"), "--evaluation-samples", "8",
            "--set", "schedule.snapshotImages=8", "--set", "schedule.evaluationImages=16", "--set", "evaluation.everySnapshot=true",
            "--set", "evaluation.network=mobilenet_v2", "--set", $"evaluation.weights={home.At("network.safetensors")}",
        ];
        (await PganProcess.RunAsync(home.Path, train)).Succeeded();
        // As after a crash before the last checkpoint was whole: iterations that were reported are done again.
        Directory.Delete(home.At("run", "checkpoints", "checkpoint-000000004"), recursive: true);
        (await PganProcess.RunAsync(home.Path, train)).Succeeded();

        var read = EventReader.Read(home.At("run"));
        Assert.Equal(2, read.GetProperty("files").GetInt32());
        Assert.Equal(["brain.Event:2", "brain.Event:2"], read.GetProperty("versions").EnumerateArray().Select(version => version.GetString()));
        var time = read.GetProperty("events")[0].GetProperty("time").GetDouble();
        Assert.InRange((DateTimeOffset.UtcNow - DateTimeOffset.UnixEpoch).TotalSeconds - time, 0, 600);

        var figures = EventReader.Figures(read);
        // Of steps that were done twice, the log has both; what counts is the later.
        Dictionary<long, JsonElement> log = [];
        foreach (var line in await File.ReadAllLinesAsync(home.At("run", "log.jsonl")))
        {
            var entry = JsonElement.Parse(line);
            if (entry.GetProperty("event").GetString() == "Progress")
            {
                var values = entry.GetProperty("values");
                log[values.GetProperty("imagesSeen").GetInt64()] = values;
            }
        }

        Assert.Equal([4L, 8, 12, 16], log.Keys.Order());
        foreach ((var name, var field) in new[]
        {
            ("loss/generator", "generatorLoss"), ("sign_accuracy/real", "realAccuracy"), ("sign_accuracy/generated", "generatedAccuracy"),
            ("gradient_norm/generator", "generatorGradientNorm"), ("gradient_norm/discriminator", "discriminatorGradientNorm"),
            ("speed/images_per_second", "imagesPerSecond"),
        })
        {
            Assert.Equal(
                log.OrderBy(entry => entry.Key).Select(entry => (entry.Key, (double)(float)entry.Value.GetProperty(field).GetDouble())),
                figures[name]);
        }

        Assert.All(figures["loss/discriminator_generated"].Zip(figures["loss/discriminator_real"]), pair =>
            Assert.Equal(log[pair.First.Step].GetProperty("discriminatorLoss").GetDouble(), pair.First.Value + pair.Second.Value, 1e-5));
        Assert.Equal(
            FdCsv.Read(home.At("run", "fd.csv")).Select(row => (row.Images, (double)(float)row.Distance)), figures["metrics/fd_mobilenet_v2"]);
        Assert.Equal([0L, 16], figures["metrics/fd_mobilenet_v2"].Select(point => point.Step));

        var sheets = EventReader.Sheets(read, "samples");
        // A sheet that waits is passed over where a newer one comes.
        Assert.Equal(new RunFolder(home.At("run")).Grids().Select(grid => grid.Images), sheets.Select(sheet => sheet.Step));
        Assert.All(sheets, sheet =>
        {
            var shown = ImageCodec.Decode(sheet.Png);
            Assert.Equal([8 * 64, 6 * 64, 3], sheet.Size);
            Assert.Equal(ImageCodec.Decode(File.ReadAllBytes(new RunFolder(home.At("run")).Grid(sheet.Step))).Pixels, shown.Pixels);
        });
    }

    [Fact]
    public void Events_StepsThatComeAgain_AreLeftOut()
    {
        using TemporaryFolder home = new();
        using (var events = Create(home, from: 0, _ => Assert.Fail("Nothing is wrong.")))
        {
            events.Figures(5_000_000_000, ("a", 1.5), ("b", -2));
            events.Figures(5_000_000_000, ("a", 9), ("c", double.NaN));
            events.Figures(4, ("a", 9));
            events.Figures(5_000_000_001, ("a", 3));
        }

        var figures = EventReader.Figures(EventReader.Read(home.Path));
        Assert.Equal([(5_000_000_000, 1.5), (5_000_000_001, 3.0)], figures["a"]);
        Assert.Equal([(5_000_000_000, -2.0)], figures["b"]);
        Assert.Equal([(5_000_000_000, double.NaN)], figures["c"]);
    }

    [Fact]
    public void Sheet_LargerThanABrowserShows_IsHalved()
    {
        using TemporaryFolder home = new();
        ImageBuffer grey = new(4096, 2048, 1);
        grey.Pixels.AsSpan().Fill(77);
        using (var events = Create(home, from: 0, _ => Assert.Fail("Nothing is wrong.")))
        {
            events.Sheet(1, "large", grey);
        }

        (_, var size, var png) = Assert.Single(EventReader.Sheets(EventReader.Read(home.Path), "large"));
        Assert.Equal([1024, 512, 1], size);
        var shown = ImageCodec.Decode(png);
        Assert.Equal((1024, 512), (shown.Width, shown.Height));
        Assert.All(shown.Pixels, pixel => Assert.Equal(77, pixel));
    }

    [Fact]
    public void Events_NoFolder_WarnsOnceAndGoesOn()
    {
        using TemporaryFolder home = new();
        List<string> warnings = [];
        using var events = EventFile.Create(new RunFolder(home.At("missing")), from: 0, TimeProvider.System, warnings.Add);
        events.Figures(1, ("a", 1));

        Assert.Contains("missing", Assert.Single(warnings), StringComparison.Ordinal);
    }

    private static EventFile Create(TemporaryFolder home, long from, Action<string> warn) =>
        EventFile.Create(new RunFolder(home.Path), from, TimeProvider.System, warn);

    // A feature network with random weights as a file: evaluations take no others.
    private static void WriteNetwork(string path)
    {
        using Generator random = new(1);
        using MobileNetV2 network = new();
        network.Randomize(random);
        StateDict.Save(network, path);
    }
}
