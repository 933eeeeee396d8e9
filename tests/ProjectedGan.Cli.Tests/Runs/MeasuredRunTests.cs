using ProjectedGan.Cli.Tests.Processes;
using ProjectedGan.Evaluation.Curves;

namespace ProjectedGan.Cli.Tests.Runs;

/// <summary>What <c>pgan train</c> measures on its way, and what it makes of it.</summary>
[Trait("Speed", "Slow")]
public class MeasuredRunTests
{
    [Fact]
    public async Task Train_RecallFallingWhileTheDistanceImproves_WarnsOnce()
    {
        using TemporaryFolder home = new();
        (await PganProcess.RunAsync(home.Path, "weights", "import", Path.Combine(Repository.Downloads, "nsfwjs-4.3.0.tgz"), "--network", "mobilenet_v2")).Succeeded();
        var spec = (await File.ReadAllTextAsync(TinyRun.Write(home, totalImages: 8, checkpointImages: 4))).Replace("evaluationImages: 0", "evaluationImages: 4", StringComparison.Ordinal);
        await File.WriteAllTextAsync(home.At("tiny.yaml"), $"""
            {spec}
            evaluation: {"{network: mobilenet_v2, weights: mobilenet_v2, samples: 8, everySnapshot: true, metrics: 'PrecisionRecall, FrechetDistance'}"}
            """);
        string[] train = ["train", "--spec", home.At("tiny.yaml"), "--run", home.At("run")];
        (await PganProcess.RunAsync(home.Path, train)).Succeeded();
        var rows = MetricsCsv.Read(home.At("run", "metrics.csv"));
        Assert.Equal(["fd_mobilenet_v2", "precision_mobilenet_v2", "recall_mobilenet_v2"], rows.Where(row => row.Images == 8).Select(row => row.Metric));
        Assert.Equal(rows.Where(row => row.Metric == "fd_mobilenet_v2").Select(row => row.Value), FdCsv.Read(home.At("run", "fd.csv")).Select(row => row.Distance));

        // As if the run had come from much recall and a great distance: samples of a generator that has learnt nothing have little.
        File.Delete(home.At("run", "metrics.csv"));
        MetricsCsv.Append(home.At("run", "metrics.csv"), rows.Where(row => row.Images is 0 or 4).Select(row => row.Metric switch
        {
            "fd_mobilenet_v2" => row with { Value = 1e9 - row.Images },
            _ => row with { Value = 1 - (row.Images / 100.0) },
        }));
        var resumed = (await PganProcess.RunAsync(home.Path, [.. train, "--images", "16"])).Succeeded();

        Assert.Single(resumed.Errors.Split('\n'), line => line.Contains("warning: after 12 images: Recall falls while the distance improves", StringComparison.Ordinal));
        Assert.Contains("recall_mobilenet_v2 went from 1 to ", resumed.Errors, StringComparison.Ordinal);
    }

    [Fact]
    public async Task Train_MetricsThatAreNone_AreRefusedBeforeTraining()
    {
        using TemporaryFolder home = new();
        (await PganProcess.RunAsync(home.Path, "weights", "import", Path.Combine(Repository.Downloads, "nsfwjs-4.3.0.tgz"), "--network", "mobilenet_v2")).Succeeded();
        string[] train = ["train", "--spec", TinyRun.Write(home, 8, 0), "--run", home.At("run"), "--set", "evaluation.network=mobilenet_v2", "--set", "evaluation.weights=mobilenet_v2"];

        (await PganProcess.RunAsync(home.Path, [.. train, "--set", "evaluation.metrics=beauty"])).Refused(2, "evaluation.metrics has 'beauty'; it may have FrechetDistance");
        (await PganProcess.RunAsync(home.Path, [.. train, "--set", "evaluation.resamples=1"])).Refused(2, "evaluation.resamples is 1, of which there is no spread");

        Assert.False(Directory.Exists(home.At("run")));
    }
}
