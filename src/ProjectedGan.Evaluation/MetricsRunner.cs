using ProjectedGan.Data.Datasets;
using ProjectedGan.Evaluation.Distances;
using ProjectedGan.Evaluation.Extraction;
using ProjectedGan.Evaluation.RealStatistics;
using ProjectedGan.Foundation;
using ProjectedGan.Networks.Features.Inception;
using ProjectedGan.Networks.Generators;
using ProjectedGan.Specification.Metrics;
using static TorchSharp.torch;

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
    /// <exception cref="UsageException">The options are wrong, or ask this network for what it has not.</exception>
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
        using var real = options.NeedsReal ? Real(dataset, options, options.NeedsRealFeatures, progress, cancellation) : null;
        using FeatureCollector generated = new(network, options.NeedsFeatures, options.Metrics.Contains(MetricKind.InceptionScore));
        generated.Run(samples, options.BatchSize, Report(progress, EvaluationStage.GeneratedFeatures, samples.Count), cancellation);

        using var scope = NewDisposeScope();
        Measurement measurement = new(generated, real, options)
        {
            RealRadii = options.Neighbours.Count > 0 ? Radii(dataset, real!, progress, cancellation) : null,
            Tiles = Tiles(options, generated.Statistics.Count, real?.Statistics.Count ?? 0, progress, cancellation),
        };
        List<MetricValue> values = [];
        var done = 0;
        foreach (var metric in options.Metrics)
        {
            cancellation.ThrowIfCancellationRequested();
            values.AddRange(Measure(metric, measurement, samples.Count, real?.Statistics.Count ?? 0));
            progress?.Report(new(EvaluationStage.Distances, ++done, options.Metrics.Count));
        }

        return new(values);
    }

    /// <summary>The real images that are nearest to each sample in the network's features, nearest first.</summary>
    /// <param name="samples">The samples.</param>
    /// <param name="dataset">The real images.</param>
    /// <param name="count">How many of each; fewer where the data set has fewer.</param>
    /// <param name="options">How images are passed through the network; what to measure plays no part.</param>
    /// <param name="cancellation">Stops between batches.</param>
    /// <exception cref="EvaluationException">Images are not finite.</exception>
    public IReadOnlyList<IReadOnlyList<NearImage>> Nearest(
        IImageBatches samples, IImageDataset dataset, int count, EvaluationOptions options, CancellationToken cancellation)
    {
        ArgumentNullException.ThrowIfNull(samples);
        ArgumentNullException.ThrowIfNull(dataset);
        ArgumentNullException.ThrowIfNull(options);
        using var scope = NewDisposeScope();
        using var real = Real(dataset, options, withFeatures: true, progress: null, cancellation);
        using FeatureCollector collector = new(network, keepFeatures: true, keepProbabilities: false);
        collector.Run(samples, options.BatchSize, _ => { }, cancellation);
        var kept = (int)Math.Min(count, real.Statistics.Count);
        using var nearest = NearestNeighbours.Find(collector.Features(), real.Features!, kept, new() { Cancellation = cancellation });
        var pairs = nearest.Indices.data<long>().Zip(nearest.Distances.data<float>());
        return [.. pairs.Select(pair => new NearImage((int)pair.First, pair.Second)).Chunk(kept)];
    }

    private RealFeaturesKey Key(IImageDataset dataset) => new(dataset.Hash, Name, network.Hash);

    private RealFeatures Real(
        IImageDataset dataset, EvaluationOptions options, bool withFeatures, IProgress<EvaluationProgress>? progress,
        CancellationToken cancellation)
    {
        RealFeatures Make()
        {
            DatasetImages images = new(dataset, options.DecodingThreads);
            using FeatureCollector collector = new(network, withFeatures, keepProbabilities: false);
            collector.Run(images, options.BatchSize, Report(progress, EvaluationStage.RealFeatures, images.Count), cancellation);
            return new(collector.Statistics, withFeatures ? collector.Features() : null);
        }

        return cache is null ? Make() : cache.GetOrMake(Key(dataset), dataset.Count, withFeatures, Make);
    }

    // As many neighbours as any metric asks for: the distances are the work.
    private Tensor? Radii(IImageDataset dataset, RealFeatures real, IProgress<EvaluationProgress>? progress, CancellationToken cancellation)
    {
        var count = real.Statistics.Count;
        if (count <= MetricKinds.MostNeighbours)
        {
            return null;
        }

        Tensor Make()
        {
            var tiles = Tiled(new DistanceTiles().Count(count, count), EvaluationStage.RealNeighbours, progress, cancellation);
            return NearestNeighbours.Radii(real.Features!, MetricKinds.MostNeighbours, tiles);
        }

        return cache is null ? Make() : cache.GetOrMakeRadii(Key(dataset), count, MetricKinds.MostNeighbours, Make);
    }

    private static DistanceTiles Tiles(
        EvaluationOptions options, long generated, long real, IProgress<EvaluationProgress>? progress, CancellationToken cancellation)
    {
        DistanceTiles tiles = new();
        var amongGenerated = (options.NeedsRecall ? 1 : 0) + (options.Metrics.Contains(MetricKind.Diversity) ? 1 : 0);
        var toReal = options.Neighbours.Count > 0 ? tiles.Count(generated, real) : 0;
        return Tiled((amongGenerated * tiles.Count(generated, generated)) + toReal, EvaluationStage.Neighbours, progress, cancellation);
    }

    private static DistanceTiles Tiled(
        long total, EvaluationStage stage, IProgress<EvaluationProgress>? progress, CancellationToken cancellation)
    {
        long done = 0;
        return new() { TileDone = () => progress?.Report(new(stage, ++done, total)), Cancellation = cancellation };
    }

    private IEnumerable<MetricValue> Measure(MetricKind metric, Measurement measurement, long generated, long real)
    {
        switch (metric)
        {
            case MetricKind.FrechetDistance:
                yield return Value(MetricName.Frechet(Name), measurement.Frechet());
                break;
            case MetricKind.KernelDistance:
                yield return Value(MetricName.Kernel(Name), measurement.Kernel());
                break;
            case MetricKind.PrecisionRecall or MetricKind.PrecisionRecall5:
                var shares = measurement.Neighbourhoods(metric);
                yield return Value(MetricName.Precision(Name, shares.Neighbour), shares.Precision);
                yield return Value(MetricName.Recall(Name, shares.Neighbour), shares.Recall);
                break;
            case MetricKind.DensityCoverage3 or MetricKind.DensityCoverage5:
                var balls = measurement.Neighbourhoods(metric);
                yield return Value(MetricName.Density(Name, balls.Neighbour), balls.Density);
                yield return Value(MetricName.Coverage(Name, balls.Neighbour), balls.Coverage);
                break;
            case MetricKind.Diversity:
                yield return Value(MetricName.Diversity(Name), measurement.Diversity()) with { Real = 0 };
                break;
            case MetricKind.InceptionScore:
                yield return Value(MetricName.Inception(Name), measurement.Inception()) with { Real = 0 };
                break;
        }

        MetricValue Value(string name, Estimate estimate) => new(name, estimate.Value, Name, generated, real)
        {
            StandardDeviation = estimate.StandardDeviation,
        };
    }

    private void RequireClassifier(EvaluationOptions options)
    {
        if (options.Metrics.Contains(MetricKind.InceptionScore) && network.Features is not InceptionV3)
        {
            throw new UsageException(
                $"The inception score needs class probabilities, which '{Name}' does not give; use {MetricName.FidNetwork} or leave it out.");
        }
    }

    private static Action<long> Report(IProgress<EvaluationProgress>? progress, EvaluationStage stage, long total) =>
        done => progress?.Report(new(stage, done, total));
}

/// <summary>A real image near a sample.</summary>
/// <param name="Index">Its place in the data set.</param>
/// <param name="Distance">Between the two features.</param>
public sealed record NearImage(int Index, double Distance);

/// <summary>How far an evaluation is.</summary>
/// <param name="Stage">What it is doing.</param>
/// <param name="Done">Images, tiles of distances, or figures in the last stage, that are done.</param>
/// <param name="Total">Of how many.</param>
public sealed record EvaluationProgress(EvaluationStage Stage, long Done, long Total);

/// <summary>The figures of one evaluation, in the order in which they were asked for.</summary>
public sealed record EvaluationResults(IReadOnlyList<MetricValue> Values)
{
    /// <summary>The figure of a name.</summary>
    /// <exception cref="KeyNotFoundException">It was not measured.</exception>
    public double this[string name] => Values.FirstOrDefault(value => value.Name == name)?.Value
        ?? throw new KeyNotFoundException($"'{name}' was not measured; there are {string.Join(", ", Values.Select(value => value.Name))}.");
}

/// <summary>What an evaluation is doing.</summary>
public enum EvaluationStage
{
    RealFeatures,
    GeneratedFeatures,

    /// <summary>Distances among real images' features; counted in tiles of their matrix.</summary>
    RealNeighbours,

    /// <summary>Distances of generated samples' features to each other and to real ones.</summary>
    Neighbours,
    Distances,
}

/// <summary>One figure and what it was measured on: a distance from few samples is larger than one from many.</summary>
/// <param name="Name">As <see cref="MetricName"/> gives it.</param>
/// <param name="Value">The figure.</param>
/// <param name="Network">The feature network.</param>
/// <param name="Generated">Number of generated images.</param>
/// <param name="Real">Number of real images; 0 where none take part.</param>
public sealed record MetricValue(string Name, double Value, string Network, long Generated, long Real)
{
    /// <summary>Spread of the figure where it has one: over splits, kernel subsets, or resamples of the generated samples.</summary>
    public double? StandardDeviation { get; init; }
}
