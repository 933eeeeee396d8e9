using ProjectedGan.Evaluation.Extraction;
using ProjectedGan.Evaluation.RealStatistics;
using ProjectedGan.Evaluation.Tests.Fakes;
using ProjectedGan.Torch;
using static TorchSharp.torch;

namespace ProjectedGan.Evaluation.Tests;

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
        Run(Options);
        using var scope = NewDisposeScope();
        Run(Options);

        Assert.Equal(0, scope.DisposablesCount);
    }

    private EvaluationResults Run(EvaluationOptions options, RealStatisticsCache? cache = null) =>
        new MetricsRunner(Network, cache).Evaluate(_generator, _dataset, options, progress: null, CancellationToken.None);
}
