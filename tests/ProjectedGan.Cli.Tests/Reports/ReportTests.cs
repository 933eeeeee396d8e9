using ProjectedGan.Cli.Tests.Processes;
using ProjectedGan.Cli.Tests.Runs;
using ProjectedGan.Data.Images;
using ProjectedGan.Evaluation.Curves;
using ProjectedGan.Specification;

namespace ProjectedGan.Cli.Tests.Reports;

/// <summary>What <c>pgan report</c> makes of runs.</summary>
[Trait("Speed", "Slow")]
public class ReportTests
{
    [Fact]
    public async Task Report_FoldersOfRuns_ComparesVariantsOverSeeds()
    {
        using TemporaryFolder home = new();
        // Best 10 and 12 after 2,000 images each; then 20 and 16, of which the second is there first.
        WriteRun(home, "baseline-seed0", new TrainingSpec { Seed = 0 }, (0, 400), (1000, 15), (2000, 10), (3000, 11));
        WriteRun(home, "baseline-seed1", new TrainingSpec { Seed = 1 }, (0, 410), (1000, 30), (2000, 12), (3000, 13));
        TrainingSpec other = new() { Projection = new() { Kind = ProjectionKind.None }, Discriminator = new() { Count = 2 } };
        WriteRun(home, "none-seed0", other, (0, 400), (1000, 40), (2000, 30), (3000, 20));
        WriteRun(home, "none-seed1", other with { Seed = 1 }, (0, 400), (1000, 40), (2000, 16), (3000, 18));

        (await PganProcess.RunAsync(home.Path, "report", home.At("sweep"), "--out", home.At("out"))).Succeeded();

        var text = await File.ReadAllTextAsync(home.At("out", "report.md"));
        Assert.StartsWith("# sweep\n", text, StringComparison.Ordinal);
        Assert.Contains("4 runs of 2 variants", text, StringComparison.Ordinal);
        // The goal is the worst best value, 20: reached after 1,000 and 2,000 images, and after 3,000 and 2,000.
        Assert.Contains("| variant | seeds | best | images to reach 20.00 |", text, StringComparison.Ordinal);
        Assert.Contains("| baseline | 2 | 11.00 ± 1.41 | 1,500 ± 707 |", text, StringComparison.Ordinal);
        Assert.Contains("| none | 2 | 18.00 ± 2.83 | 2,500 ± 707 |", text, StringComparison.Ordinal);
        Assert.Contains("| baseline | the baseline |  |", text, StringComparison.Ordinal);
        Assert.Contains("| none | projection.kind: none | ccm_csm |\n|  | discriminator.count: 2 | 4 |", text, StringComparison.Ordinal);
        Assert.Contains("| none-seed1 | 1 | complete | 3,000 | 16.00 | 2,000 | 18.00 |", text, StringComparison.Ordinal);
        // Without checkpoints speed is what the measurements say: 3,000 images in 300 s.
        Assert.Contains("| baseline | cpu | 10.0 ± 0.0 | 5.0 ± 0.0 min | not known |", text, StringComparison.Ordinal);
        Assert.Equal(["by-images-1.png", "by-time-1.png", "samples-1.png", "samples-2.png"], Directory.GetFiles(home.At("out", "images")).Select(Path.GetFileName).Order());
        Assert.Contains("    projection:\n", text.Replace("\r", "", StringComparison.Ordinal), StringComparison.Ordinal);
        var page = await File.ReadAllTextAsync(home.At("out", "report.html"));
        Assert.Equal(4, page.Split("src=\"data:image/png;base64,").Length - 1);
        Assert.DoesNotContain("src=\"images", page, StringComparison.Ordinal);
    }

    [Fact]
    public async Task Report_GoalsOfTheUser_CountWhoReachesThem()
    {
        using TemporaryFolder home = new();
        WriteRun(home, "a-seed0", new TrainingSpec { Seed = 0 }, (1000, 15), (2000, 10));
        WriteRun(home, "a-seed1", new TrainingSpec { Seed = 1 }, (1000, 30), (2000, 12));
        WriteRun(home, "b", new TrainingSpec { Batch = 32 }, (1000, 50));

        (await PganProcess.RunAsync(home.Path, "report", home.At("sweep"), "--reach", "11", "--reach", "40", "--baseline", "b", "--title", "Two")).Succeeded();

        var text = await File.ReadAllTextAsync(home.At("report", "report.md"));
        Assert.StartsWith("# Two\n", text, StringComparison.Ordinal);
        Assert.Contains("| a | 2 | 11.00 ± 1.41 | 2,000 (1 of 2) | 1,000 ± 0 |", text, StringComparison.Ordinal);
        Assert.Contains("| b | 1 | 50.00 | – (0 of 1) | – (0 of 1) |", text, StringComparison.Ordinal);
        Assert.Contains("at 1,000 of 3,000 images", text, StringComparison.Ordinal);
        Assert.Contains("| a | batch: 64 | 32 |", text, StringComparison.Ordinal);
    }

    [Fact]
    public async Task Report_FiguresOfOtherDataOrNetworks_HaveTablesOfTheirOwn()
    {
        using TemporaryFolder home = new();
        WriteRun(home, "a", new TrainingSpec(), (1000, 15));
        WriteRun(home, "b", new TrainingSpec { Data = new() { Path = "other.zip" } }, (1000, 16));
        WriteRun(home, "c", new TrainingSpec { Evaluation = new() { Samples = 100 } }, (1000, 17));
        WriteRun(home, "d", new TrainingSpec { Batch = 32 });

        (await PganProcess.RunAsync(home.Path, "report", home.At("sweep"))).Succeeded();

        var text = await File.ReadAllTextAsync(home.At("report", "report.md"));
        Assert.Contains("5,000 generated images against other.zip", text, StringComparison.Ordinal);
        Assert.Contains("100 generated images against ", text, StringComparison.Ordinal);
        Assert.Contains("cannot be compared", text, StringComparison.Ordinal);
        Assert.Equal(3, text.Split("| variant | seeds |").Length - 1);
        Assert.Contains("| d | 0 | at 0 of 3,000 images | 0 | – | – | – |", text, StringComparison.Ordinal);
    }

    [Fact]
    public async Task Report_NamesFromStrangers_AreText()
    {
        using TemporaryFolder home = new();
        WriteRun(home, "<script>alert(1)<|script>", new TrainingSpec { Data = new() { Path = "<img src=x>.zip" } }, (1000, 15));

        (await PganProcess.RunAsync(home.Path, "report", home.At("sweep"))).Succeeded();

        var page = await File.ReadAllTextAsync(home.At("report", "report.html"));
        Assert.DoesNotContain("<script", page, StringComparison.Ordinal);
        Assert.DoesNotContain("<img src=x", page, StringComparison.Ordinal);
        Assert.Contains("&lt;script&gt;alert(1)&lt;|script&gt;", page, StringComparison.Ordinal);
    }

    [Fact]
    public async Task Report_NoRuns_SaysWhatToGive()
    {
        using TemporaryFolder home = new();
        Directory.CreateDirectory(home.At("empty"));
        (await PganProcess.RunAsync(home.Path, "report", home.At("empty"))).Refused(2, "is no run and holds none", "spec.yaml");
        (await PganProcess.RunAsync(home.Path, "report", home.At("missing"))).Refused(2, "There is no folder");
        (await PganProcess.RunAsync(home.Path, "report", "4h9x", "--coordinator", "http://127.0.0.1:1")).Refused(1, "cannot be reached");
        WriteRun(home, "a", new TrainingSpec(), (1000, 15));
        (await PganProcess.RunAsync(home.Path, "report", home.At("sweep"), "--baseline", "z")).Refused(2, "there is no variant 'z'; these are a");
    }

    [Fact]
    public async Task Report_OfASweepThatWasTrained_HasItsFigures()
    {
        using TemporaryFolder home = new();
        (await PganProcess.RunAsync(home.Path, "weights", "import", Path.Combine(Repository.Downloads, "nsfwjs-4.3.0.tgz"), "--network", "mobilenet_v2")).Succeeded();
        var spec = (await File.ReadAllTextAsync(TinyRun.Write(home, totalImages: 8, checkpointImages: 0))).Replace("evaluationImages: 0", "evaluationImages: 4", StringComparison.Ordinal);
        await File.WriteAllTextAsync(home.At("sweep.yaml"), $"""
            {spec}
            evaluation: {"{network: mobilenet_v2, weights: mobilenet_v2, samples: 8, everySnapshot: true, resamples: 4}"}
            variants: {"[{name: baseline}, {name: none, projection.kind: none}]"}
            """);

        (await PganProcess.RunAsync(home.Path, "train", "--spec", home.At("sweep.yaml"), "--run", home.At("runs", "tiny"))).Succeeded();
        (await PganProcess.RunAsync(home.Path, "report", home.At("runs", "tiny"))).Succeeded();

        var text = await File.ReadAllTextAsync(home.At("report", "report.md"));
        Assert.Contains("Fréchet distance (mobilenet_v2), 8 generated images against images", text, StringComparison.Ordinal);
        var rows = FdCsv.Read(home.At("runs", "tiny", "none", "fd.csv"));
        Assert.Equal([0L, 4, 8], rows.Select(row => row.Images));
        var best = rows.Min(row => row.Distance);
        Assert.Contains($"| none | 1 | {best.ToString(best >= 100 ? "F1" : "F2", System.Globalization.CultureInfo.InvariantCulture)} |", text, StringComparison.Ordinal);
        // Both files have the distance, metrics.csv its spread.
        var figures = MetricsCsv.Read(home.At("runs", "tiny", "none", "metrics.csv"));
        Assert.Equal(rows.Select(row => (row.Images, "fd_mobilenet_v2", row.Distance)), figures.Select(row => (row.Images, row.Metric, row.Value)));
        Assert.All(figures, row => Assert.True(row.StandardDeviation > 0));
        Assert.Matches(@"\| none \| 7 \| complete \| 8 \| [\d.]+ ± [\d.]+ \| \d+ \| [\d.]+ ± [\d.]+ \|", text);
        Assert.True(File.Exists(home.At("report", "images", "neighbours-2.png")));
        Assert.DoesNotContain("not known", text, StringComparison.Ordinal);
        Assert.True(File.Exists(home.At("report", "images", "real-1.png")));
    }

    private static void WriteRun(TemporaryFolder home, string name, TrainingSpec spec, params (long Images, double Distance)[] curve)
    {
        var folder = home.At("sweep", name);
        Directory.CreateDirectory(Path.Combine(folder, "samples"));
        TrainingSpecFile.Save(spec with { TotalImages = 3000 }, Path.Combine(folder, "spec.yaml"));
        FdCsv.Write(Path.Combine(folder, "fd.csv"), curve.Select(point => new FdRow(point.Images, point.Images / 10.0, "mobilenet_v2", point.Distance)));
        var pixels = new byte[1600 * 40 * 3];
        new Random(name.Length).NextBytes(pixels);
        File.WriteAllBytes(Path.Combine(folder, "samples", "fakes-000003000.png"), ImageCodec.EncodePng(new ImageBuffer(1600, 40, 3, pixels)));
    }
}
