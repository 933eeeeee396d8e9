using ProjectedGan.Cli.Local;
using ProjectedGan.Cli.Tests.Clusters;
using ProjectedGan.Cli.Tests.Coordinator;
using ProjectedGan.Cli.Tests.Hosting;
using ProjectedGan.Cli.Tests.Processes;
using ProjectedGan.Data.Images;
using ProjectedGan.Protocol.V1;

namespace ProjectedGan.Cli.Tests.Reports;

/// <summary>A sweep from its submission to the report, on a cluster of real processes.</summary>
[Collection(ClusterCollection.Name)]
[Trait("Speed", "Slow")]
public class ClusterReportTests
{
    private static readonly TimeSpan Patience = TimeSpan.FromMinutes(5);

    [Fact]
    public async Task Report_OfASweepOnACluster_HasMetricsAndSheetsOfItsExperiments()
    {
        using TemporaryFolder home = new();
        using CancellationTokenSource patience = new(Patience);
        (await PganProcess.RunAsync(home.Path, "weights", "import", Path.Combine(Repository.Downloads, "nsfwjs-4.3.0.tgz"), "--network", "mobilenet_v2")).Succeeded();
        await File.WriteAllTextAsync(home.At("sweep.yaml"), TinyExperiment.Spec(TinyExperiment.WriteDataset(home), """
            discriminator: {widthFactor: 0.05}
            projection: {channels: 4}
            schedule: {evaluationImages: 20, snapshotImages: 20}
            evaluation: {network: mobilenet_v2, weights: mobilenet_v2, samples: 8, everySnapshot: true, resamples: 4, metrics: "FrechetDistance, PrecisionRecall"}
            variants: [{name: baseline}, {name: none, projection.kind: none}]
            """));
        await using var cluster = await LocalCluster.StartAsync(
            new LocalClusterOptions { Folder = home.At("cluster"), Workers = 1, Evaluators = 1, LanesPerWorker = 2 }, patience.Token);
        string[] to = ["--coordinator", cluster.Address.GetLeftPart(UriPartial.Authority)];

        var submitted = (await PganProcess.RunAsync(home.Path, ["submit", "sweep.yaml", .. to])).Succeeded();
        string[] ids = [.. submitted.Output.Split('\n').Select(line => line.Split(' ')[0])];
        await Eventually.HoldsAsync("every snapshot of both experiments is measured", async () =>
        {
            foreach (var id in ids)
            {
                var now = await cluster.Experiments.GetAsync(new GetRequest { Id = id }, cancellationToken: patience.Token);
                if (now.State != ExperimentState.Completed || now.Snapshots.Count == 0 || now.Snapshots.Any(snapshot => snapshot.Evaluation != EvaluationState.Done))
                {
                    return false;
                }
            }

            return true;
        });
        (await PganProcess.RunAsync(home.Path, ["report", .. ids, .. to])).Succeeded();

        var text = await File.ReadAllTextAsync(home.At("report", "report.md"));
        var none = await cluster.Experiments.GetAsync(new GetRequest { Id = ids[1] }, cancellationToken: patience.Token);
        Assert.StartsWith("# sweep\n", text, StringComparison.Ordinal);
        Assert.Contains("| none | projection.kind: none | ccm_csm |", text, StringComparison.Ordinal);
        Assert.Contains("Fréchet distance (mobilenet_v2), 8 generated images against tiny.zip", text, StringComparison.Ordinal);
        Assert.Contains($"| none | 1 | {none.BestMetric.Value.ToString(none.BestMetric.Value >= 100 ? "F1" : "F2", System.Globalization.CultureInfo.InvariantCulture)} |", text, StringComparison.Ordinal);
        Assert.Matches(@"\| none \| 0 \| complete \| 40 \| [\d.]+ ± [\d.]+ \| \d+ \| [\d.]+ ± [\d.]+ \|", text);
        Assert.Equal(["by-images-1.png", "by-time-1.png", "neighbours-1.png", "neighbours-2.png", "samples-1.png", "samples-2.png"], Directory.GetFiles(home.At("report", "images")).Select(Path.GetFileName).Order());
        Assert.All(none.Snapshots, snapshot => Assert.Equal(
            ["fd_mobilenet_v2", "precision_mobilenet_v2", "recall_mobilenet_v2"],
            snapshot.Metrics.Where(metric => metric is { HasStandardDeviation: true, StandardDeviation: >= 0 }).Select(metric => metric.Metric)));
        var sheet = await cluster.Experiments.GetSampleImageAsync(
            new GetSampleImageRequest { Id = none.Id, Kind = GetSampleImageRequest.Types.Kind.Neighbours }, cancellationToken: patience.Token);
        // 48 samples of 64 pixels, 4 a row, each with three neighbours.
        var info = ImageCodec.Probe(sheet.Png.Span);
        Assert.Equal((40, 1100, 812), (sheet.Images, info.Width, info.Height));
        var shown = (await PganProcess.RunAsync(home.Path, ["show", none.Id, .. to])).Succeeded();
        Assert.Matches(@"recall_mobilenet_v2 [\d.E-]+ ± [\d.E-]+", shown.Output);
    }
}
