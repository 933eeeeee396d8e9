using ProjectedGan.Evaluation.Distances;
using ProjectedGan.Evaluation.Extraction;
using ProjectedGan.Evaluation.RealStatistics;
using ProjectedGan.Evaluation.Tests.Distances;
using ProjectedGan.Evaluation.Tests.Fakes;
using ProjectedGan.Foundation;
using ProjectedGan.Specification.Metrics;
using static TorchSharp.torch;

namespace ProjectedGan.Evaluation.Tests;

[Trait("Speed", "Slow")]
public sealed class MetricsRunnerTests : IDisposable
{
    private static readonly EvaluationOptions Options = new()
    {
        Metrics = [MetricKind.FrechetDistance, MetricKind.KernelDistance, MetricKind.PrecisionRecall],
        Samples = 60,
        BatchSize = 16,
        KernelSubsets = 5,
        KernelSubsetSize = 30,
    };

    private readonly string _folder = Path.Combine(Path.GetTempPath(), $"pgan-metrics-{Guid.NewGuid():N}");
    private readonly PatchMeans _features = new();
    private readonly LinearGenerator _generator = new();
    private readonly NoiseDataset _dataset = new(50);

    private MetricNetwork Network => new(_features, "patch means", CPU);

    public void Dispose()
    {
        _generator.Dispose();
        if (Directory.Exists(_folder))
        {
            Directory.Delete(_folder, recursive: true);
        }
    }

    [Fact]
    public void Evaluate_AllMetrics_NamesTheNetworkAndTheCounts()
    {
        var results = Run(Options);

        Assert.Equal(["fd_patch_means", "kd_patch_means", "precision_patch_means", "recall_patch_means"], results.Values.Select(value => value.Name));
        Assert.All(results.Values, value => Assert.Equal(("patch_means", 60L, 50L), (value.Network, value.Generated, value.Real)));
        Assert.True(results["fd_patch_means"] > 0);
        Assert.InRange(results["precision_patch_means"], 0, 1);
        Assert.Throws<KeyNotFoundException>(() => results["fid"]);
    }

    [Fact]
    public void Evaluate_AnyBatchSize_GivesTheSameFigures()
    {
        var expected = Run(Options).Values;

        Assert.Equal(expected, Run(Options with { BatchSize = 7 }).Values);
        Assert.Equal(expected, Run(Options with { BatchSize = 1000 }).Values);
    }

    [Fact]
    public void Evaluate_TheDatasetItself_IsAtDistanceZero()
    {
        DatasetImages same = new(_dataset);
        var results = new MetricsRunner(Network).Evaluate(same, _dataset, Options, progress: null, CancellationToken.None);

        Assert.Equal(0, results["fd_patch_means"], 1e-12);
        Assert.Equal(1, results["precision_patch_means"]);
        Assert.Equal(1, results["recall_patch_means"]);
    }

    [Fact]
    public void Evaluate_WithCache_ReadsRealImagesOnce()
    {
        var first = Run(Options, new RealStatisticsCache(_folder, new ListLogger()));
        var reads = _dataset.Reads;
        var second = Run(Options, new RealStatisticsCache(_folder, new ListLogger()));

        Assert.Equal(first.Values, second.Values);
        Assert.Equal(50, reads);
        Assert.Equal(50, _dataset.Reads);
        Assert.Equal(50 + 60 + 60, _features.Images);
    }

    [Fact]
    public void Evaluate_Neighbourhoods_AreNamedByTheirK()
    {
        var results = Run(Options with
        {
            Metrics =
            [
                MetricKind.PrecisionRecall, MetricKind.PrecisionRecall5, MetricKind.DensityCoverage3, MetricKind.DensityCoverage5,
                MetricKind.Diversity,
            ],
        });

        string[] figures = ["precision", "recall", "precision5", "recall5", "density3", "coverage3", "density5", "coverage5", "diversity"];
        Assert.Equal(figures.Select(figure => $"{figure}_patch_means"), results.Values.Select(value => value.Name));
        Assert.Equal(Run(Options)["precision_patch_means"], results["precision_patch_means"]);
        Assert.True(results["precision5_patch_means"] >= results["precision_patch_means"]);
        Assert.True(results["diversity_patch_means"] > 0);
        Assert.Equal((60, 0), (results.Values[^1].Generated, results.Values[^1].Real));
    }

    [Fact]
    public void Evaluate_WithCache_FindsRealNeighboursOnce()
    {
        var options = Options with { Metrics = [MetricKind.DensityCoverage3] };
        List<EvaluationStage> stages = [];
        EvaluationResults Measure() => new MetricsRunner(Network, new RealStatisticsCache(_folder, new ListLogger()))
            .Evaluate(_generator, _dataset, options, new ImmediateProgress(report => stages.Add(report.Stage)), CancellationToken.None);

        var first = Measure().Values;
        Assert.Contains(EvaluationStage.RealNeighbours, stages);
        stages.Clear();
        Assert.Equal(first, Measure().Values);
        Assert.DoesNotContain(EvaluationStage.RealNeighbours, stages);
        Assert.Equal(first, Run(options).Values);
    }

    [Fact]
    public void Evaluate_WithResamples_AddsSpreadsAndLeavesTheFigures()
    {
        var metrics = Options with { Metrics = [.. Options.Metrics, MetricKind.DensityCoverage5, MetricKind.Diversity] };
        var plain = Run(metrics);
        var spread = Run(metrics with { Resamples = 8 });

        Assert.Equal(plain.Values.Select(value => (value.Name, value.Value)), spread.Values.Select(value => (value.Name, value.Value)));
        Assert.Equal(["kd_patch_means"], plain.Values.Where(value => value.StandardDeviation is not null).Select(value => value.Name));
        Assert.All(spread.Values, value => Assert.InRange(value.StandardDeviation!.Value, 1e-9, Math.Max(1, value.Value)));
        Assert.Equal(spread.Values, Run(metrics with { Resamples = 8, BatchSize = 7 }).Values);
        Assert.NotEqual(spread.Values[0], Run(metrics with { Resamples = 9 }).Values[0]);
    }

    [Fact]
    public void Evaluate_FrechetSpread_MatchesNumPyInFloat64()
    {
        using var scope = NewDisposeScope();
        DatasetImages samples = new(new NoiseDataset(60, seed: 2));
        var results = new MetricsRunner(Network).Evaluate(
            samples, _dataset, new EvaluationOptions { Samples = 60, Resamples = 5, Seed = 3 }, progress: null, CancellationToken.None);
        Tensor Features(NoiseDataset images) => cat([.. new DatasetImages(images).Batches(100, CancellationToken.None).Select(_features.Pool)], 0);

        var draws = Resamples.Draw(seed: 3, resamples: 5, samples: 60);
        PeerFigures peer = new(Features(new NoiseDataset(60, seed: 2)), Features(_dataset), draws, 3);
        peer.Compare("frechet", new(results.Values[0].Value, results.Values[0].StandardDeviation));
    }

    [Fact]
    public void Nearest_SamplesOfTheDatasetItself_AreFoundAtDistanceZero()
    {
        var options = Options with { Metrics = [MetricKind.FrechetDistance], KeepRealFeatures = true };
        MetricsRunner runner = new(Network, new RealStatisticsCache(_folder, new ListLogger()));
        runner.Evaluate(_generator, _dataset, options, progress: null, CancellationToken.None);
        var nearest = runner.Nearest(new DatasetImages(new NoiseDataset(30)), _dataset, 3, options, CancellationToken.None);

        Assert.Equal(Enumerable.Range(0, 30).Select(index => new NearImage(index, 0)), nearest.Select(near => near[0]));
        Assert.All(nearest, near => Assert.True(near.Count == 3 && 0 < near[1].Distance && near[1].Distance <= near[2].Distance));
        // Read once, for the distance.
        Assert.Equal(50, _dataset.Reads);
    }

    [Fact]
    public void Evaluate_Progress_ReachesTheEndOfEachStage()
    {
        List<EvaluationProgress> reports = [];
        new MetricsRunner(Network).Evaluate(_generator, _dataset, Options, new ImmediateProgress(reports.Add), CancellationToken.None);

        Assert.Contains(new(EvaluationStage.RealFeatures, 50, 50), reports);
        Assert.Contains(new(EvaluationStage.GeneratedFeatures, 60, 60), reports);
        Assert.Equal(new(EvaluationStage.Distances, 3, 3), reports[^1]);
        Assert.Equal(reports.Count, reports.Distinct().Count());
    }

    [Theory]
    [InlineData(EvaluationStage.RealFeatures)]
    [InlineData(EvaluationStage.GeneratedFeatures)]
    public void Evaluate_Cancelled_StopsInThatStage(EvaluationStage stage)
    {
        using CancellationTokenSource stop = new();
        ImmediateProgress progress = new(report =>
        {
            if (report.Stage == stage)
            {
                stop.Cancel();
            }
        });

        Assert.Throws<OperationCanceledException>(() => new MetricsRunner(Network).Evaluate(_generator, _dataset, Options, progress, stop.Token));
        Assert.True(_features.Images <= (stage == EvaluationStage.RealFeatures ? 16 : 50 + 16));
    }

    [Fact]
    public void Evaluate_InceptionScoreWithoutClasses_SaysWhichNetworkHasThem()
    {
        var error = Assert.Throws<UsageException>(() => Run(Options with { Metrics = [MetricKind.InceptionScore] }));
        Assert.Contains("inception_v3_fid", error.Message, StringComparison.Ordinal);
        Assert.Equal(0, _features.Images);
    }

    [Fact]
    public void Evaluate_LeavesNoTensorBehind()
    {
        var options = Options with { Metrics = [.. Options.Metrics, MetricKind.DensityCoverage5, MetricKind.Diversity], Resamples = 2 };
        Run(options);
        using var scope = NewDisposeScope();
        Run(options);

        Assert.Equal(0, scope.DisposablesCount);
    }

    private EvaluationResults Run(EvaluationOptions options, RealStatisticsCache? cache = null) =>
        new MetricsRunner(Network, cache).Evaluate(_generator, _dataset, options, progress: null, CancellationToken.None);
}
