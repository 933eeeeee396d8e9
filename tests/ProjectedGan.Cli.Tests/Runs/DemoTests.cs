using ProjectedGan.Cli.Runs;
using ProjectedGan.Cli.Tests.Processes;
using ProjectedGan.Data.Images;
using ProjectedGan.Evaluation.Curves;

namespace ProjectedGan.Cli.Tests.Runs;

[Trait("Speed", "Slow")]
public class DemoTests
{
    [Fact]
    public async Task Demo_OneMinute_LeavesEveryPromisedFileAndResumes()
    {
        using TemporaryFolder home = new();
        string[] arguments = ["demo", "--evaluation-samples", "32", "--name", "short"];
        var first = (await PganProcess.RunAsync(home.Path, [.. arguments, "--minutes", "1"])).Succeeded();
        Assert.Contains("fd_mobilenet_v2", first.Output, StringComparison.Ordinal);
        Assert.Contains("fd_inception_v3_nsfw", first.Output, StringComparison.Ordinal);

        var run = home.At("runs", "short");
        var samples = ImageCodec.Decode(await File.ReadAllBytesAsync(Path.Combine(run, "samples.png")));
        Assert.Equal((8 * 64, 6 * 64), (samples.Width, samples.Height));
        Assert.Equal((8 * 64, 6 * 64), Size(Path.Combine(run, "samples", "real.png")));
        Assert.NotEmpty(Directory.GetFiles(Path.Combine(run, "samples"), "fakes-*.png"));
        var walk = ImageCodec.Probe(await File.ReadAllBytesAsync(Path.Combine(run, "interpolation.webp")));
        Assert.Equal(ImageFormat.WebP, walk.Format);
        // The encoder merges frames that look the same, as those of a generator that has hardly trained do.
        Assert.InRange(walk.Frames, 2, 48);
        Assert.True(ImageCodec.Decode(await File.ReadAllBytesAsync(Path.Combine(run, "fd.png"))).Width > 400);
        Assert.Contains("<svg", await File.ReadAllTextAsync(Path.Combine(run, "fd.svg")), StringComparison.Ordinal);
        var curve = FdCsv.Read(Path.Combine(run, "fd.csv"));
        Assert.Equal(0, curve[0].Images);
        Assert.True(curve[^1].Images > 0 && curve[^1].Distance < curve[0].Distance, $"The distance went from {curve[0].Distance} to {curve[^1].Distance}.");
        Assert.Contains("replicas: 2", await File.ReadAllTextAsync(Path.Combine(run, "spec.yaml")), StringComparison.Ordinal);

        // Far enough on: on a busy machine the first one ends some seconds late, at a report.
        (await PganProcess.RunAsync(home.Path, [.. arguments, "--minutes", "1.5"])).Succeeded();
        var longer = FdCsv.Read(Path.Combine(run, "fd.csv"));
        Assert.True(longer[^1].Images > curve[^1].Images, "The second demo did not go on where the first one ended.");
        Assert.Equal(longer.Select(row => row.Images).Order(), longer.Select(row => row.Images));

        var events = EventReader.Read(run);
        Assert.Equal(2, events.GetProperty("files").GetInt32());
        var figures = EventReader.Figures(events);
        Assert.Equal(longer.Select(row => (row.Images, (double)(float)row.Distance)), figures["metrics/fd_mobilenet_v2"]);
        Assert.Equal(new RunFolder(run).Grids().Select(grid => grid.Images), EventReader.Sheets(events, "samples").Select(sheet => sheet.Step));
        long[] steps = [.. figures["loss/generator"].Select(point => point.Step)];
        Assert.Equal(steps.Distinct().Order(), steps);
        Assert.True(steps[^1] > curve[^1].Images, $"The last loss is at {steps[^1]} images.");

        await TrainTheSmallAblationAsync(home);
    }

    // With what the demo has left behind, as docs/experiments.md tells; too few images to learn from.
    private static async Task TrainTheSmallAblationAsync(TemporaryFolder home)
    {
        var file = Path.Combine(Repository.Root, "experiments", "small", "ablation-projection.yaml");
        (await PganProcess.RunAsync(
            home.Path, "train", "--spec", file, "--run", "runs/projection", "--evaluation-samples", "32",
            "--set", "totalImages=32", "--set", "schedule.evaluationImages=32")).Succeeded();
        (await PganProcess.RunAsync(home.Path, "report", "runs/projection")).Succeeded();

        var report = await File.ReadAllTextAsync(home.At("report", "report.md"));
        Assert.Contains("6 runs of 3 variants", report, StringComparison.Ordinal);
        foreach (var variant in (string[])["baseline", "ccm", "none"])
        {
            Assert.Contains($"| {variant} | 2 | ", report, StringComparison.Ordinal);
            for (var seed = 0; seed < 2; seed++)
            {
                var curve = FdCsv.Read(home.At("runs", "projection", $"{variant}-seed{seed}", "fd.csv"));
                Assert.Equal([0, 32], curve.Select(row => row.Images));
                Assert.All(curve, row => Assert.InRange(row.Distance, 1, 1000));
            }
        }
    }

    private static (int Width, int Height) Size(string path)
    {
        var info = ImageCodec.Probe(File.ReadAllBytes(path));
        return (info.Width, info.Height);
    }
}
