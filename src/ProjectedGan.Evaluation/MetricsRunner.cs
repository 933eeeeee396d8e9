using ProjectedGan.Data.Datasets;
using ProjectedGan.Evaluation.Distances;
using ProjectedGan.Evaluation.Extraction;
using ProjectedGan.Evaluation.RealStatistics;
using ProjectedGan.Networks.Features.Inception;
using ProjectedGan.Networks.Generators;

namespace ProjectedGan.Evaluation;

/// <summary>
/// Measures a generator against a data set: features of the real images (from the cache if it has them), features of the samples,
/// then the figures. One evaluation at a time.
/// </summary>
/// <param name="network">The feature network, which gives the figures their names.</param>
/// <param name="cache">Keeps features of real images; null to make them each time.</param>
public sealed class MetricsRunner(MetricNetwork network, RealStatisticsCache? cache = null)
{
    private string Name => network.Features.Name;

    /// <summary>Measures.</summary>
    /// <param name="generator">In evaluation mode, on any device; not changed.</param>
    /// <param name="dataset">The real images; labels of a conditional generator are drawn from it.</param>
    /// <param name="options">What to measure, on how many samples.</param>
    /// <param name="progress">Told after each batch and figure.</param>
    /// <param name="cancellation">Stops between batches.</param>
    /// <exception cref="ProjectedGan.Torch.UsageException">The options are wrong, or ask this network for what it has not.</exception>
    /// <exception cref="EvaluationException">The data set is empty or too small, or images are not finite.</exception>
    /// <exception cref="OperationCanceledException"><paramref name="cancellation"/> was cancelled.</exception>
    public EvaluationResults Evaluate(
        GeneratorNetwork generator, IImageDataset dataset, EvaluationOptions options, IProgress<EvaluationProgress>? progress, CancellationToken cancellation)
    {
        ArgumentNullException.ThrowIfNull(dataset);
        ArgumentNullException.ThrowIfNull(options);
        options.Validate();
        GeneratedImages samples = new(generator, options.Samples, options.Seed, dataset);
        return Evaluate(samples, dataset, options, progress, cancellation);
    }

    /// <summary>Measures images from any source, as <see cref="Evaluate(GeneratorNetwork, IImageDataset, EvaluationOptions, IProgress{EvaluationProgress}?, CancellationToken)"/> does.</summary>
    public EvaluationResults Evaluate(
        IImageBatches samples, IImageDataset dataset, EvaluationOptions options, IProgress<EvaluationProgress>? progress, CancellationToken cancellation)
    {
        ArgumentNullException.ThrowIfNull(samples);
        ArgumentNullException.ThrowIfNull(dataset);
        ArgumentNullException.ThrowIfNull(options);
        options.Validate();
        RequireClassifier(options);
        using var real = options.NeedsReal ? Real(dataset, options, progress, cancellation) : null;
        using FeatureCollector generated = new(network, options.NeedsFeatures, options.Metrics.Contains(MetricKind.InceptionScore));
        generated.Run(samples, options.BatchSize, Report(progress, EvaluationStage.GeneratedFeatures, samples.Count), cancellation);

        List<MetricValue> values = [];
        var done = 0;
        foreach (var metric in options.Metrics)
        {
            cancellation.ThrowIfCancellationRequested();
            values.AddRange(Measure(metric, generated, real, options));
            progress?.Report(new(EvaluationStage.Distances, ++done, options.Metrics.Count));
        }

        return new(values);
    }

    private RealFeatures Real(IImageDataset dataset, EvaluationOptions options, IProgress<EvaluationProgress>? progress, CancellationToken cancellation)
    {
        RealFeatures Make()
        {
            DatasetImages images = new(dataset, options.DecodingThreads);
            using FeatureCollector collector = new(network, options.NeedsFeatures, keepProbabilities: false);
            collector.Run(images, options.BatchSize, Report(progress, EvaluationStage.RealFeatures, images.Count), cancellation);
            return new(collector.Statistics, options.NeedsFeatures ? collector.Features() : null);
        }

        RealFeaturesKey key = new(dataset.Hash, Name, network.Hash);
        return cache is null ? Make() : cache.GetOrMake(key, dataset.Count, options.NeedsFeatures, Make);
    }

    private IEnumerable<MetricValue> Measure(MetricKind metric, FeatureCollector generated, RealFeatures? real, EvaluationOptions options)
    {
        switch (metric)
        {
            case MetricKind.FrechetDistance:
                yield return Value(MetricName.Frechet(Name), FrechetDistance.Between(generated.Statistics, real!.Statistics, options.CovarianceDivisor));
                break;
            case MetricKind.KernelDistance:
                KernelDistanceOptions kernel = new() { Subsets = options.KernelSubsets, SubsetSize = options.KernelSubsetSize, Seed = options.Seed };
                using (var features = generated.Features())
                {
                    yield return Value(MetricName.Kernel(Name), KernelDistance.Between(features, real!.Features!, kernel));
                }

                break;
            case MetricKind.PrecisionRecall:
                PrecisionRecall shares;
                using (var features = generated.Features())
                {
                    shares = PrecisionRecall.Between(features, real!.Features!, options.Neighbour);
                }

                yield return Value(MetricName.Precision(Name), shares.Precision);
                yield return Value(MetricName.Recall(Name), shares.Recall);
                break;
            case MetricKind.InceptionScore:
                using (var probabilities = generated.Probabilities())
                {
                    var score = InceptionScore.Of(probabilities, options.Splits);
                    yield return new(MetricName.Inception(Name), score.Mean, Name, generated.Statistics.Count, 0) { StandardDeviation = score.StandardDeviation };
                }

                break;
        }

        MetricValue Value(string name, double value) => new(name, value, Name, generated.Statistics.Count, real!.Statistics.Count);
    }

    private void RequireClassifier(EvaluationOptions options)
    {
        if (options.Metrics.Contains(MetricKind.InceptionScore) && network.Features is not InceptionV3)
        {
            throw new Torch.UsageException(
                $"The inception score needs class probabilities, which '{Name}' does not give; use {MetricName.FidNetwork} or leave it out.");
        }
    }

    private static Action<long> Report(IProgress<EvaluationProgress>? progress, EvaluationStage stage, long total) =>
        done => progress?.Report(new(stage, done, total));
}
