using ProjectedGan.Data.Datasets;
using ProjectedGan.Data.Ordering;
using ProjectedGan.Evaluation.Distances;
using ProjectedGan.Foundation;
using ProjectedGan.Networks.Generators;
using ProjectedGan.Networks.Images;
using ProjectedGan.Networks.Noise;
using static TorchSharp.torch;

namespace ProjectedGan.Evaluation.Extraction;

/// <summary>Samples of a generator as 8-bit images. Latents, labels and noise are keyed by seed and sample.</summary>
public sealed class GeneratedImages : IImageBatches
{
    private readonly GeneratorNetwork _generator;
    private readonly IImageDataset? _labels;
    private readonly int? _label;
    private readonly long _seed;
    private readonly Device _device;

    /// <param name="generator">The network, in evaluation mode; not disposed with this object.</param>
    /// <param name="count">How many samples.</param>
    /// <param name="seed">Seed of latents, labels and noise.</param>
    /// <param name="labels">For a conditional generator: the data set whose labels are drawn, image by image, as often as they occur.</param>
    /// <param name="label">For a conditional generator: the class of every sample, in place of drawn ones; from 0.</param>
    /// <exception cref="InvalidOperationException">The generator is in training mode.</exception>
    /// <exception cref="UsageException">A conditional generator has no labels to draw from, or some that it does not know.</exception>
    /// <exception cref="ArgumentOutOfRangeException">The generator has no such class.</exception>
    public GeneratedImages(GeneratorNetwork generator, long count, long seed, IImageDataset? labels = null, int? label = null)
    {
        ArgumentNullException.ThrowIfNull(generator);
        if (generator.training)
        {
            throw new InvalidOperationException("The generator is in training mode; call eval() before its samples are measured.");
        }

        RequireClasses(generator, labels, label);
        _generator = generator;
        _labels = generator.Classes > 0 ? labels : null;
        _label = label;
        _seed = seed;
        _device = generator.parameters().First().device;
        Count = count;
    }

    public long Count { get; }

    /// <summary>The classes that samples may have, in their order: those that have images, or the one that was chosen; none for an unconditional generator.</summary>
    /// <inheritdoc cref="GeneratedImages(GeneratorNetwork, long, long, IImageDataset?, int?)"/>
    public static IReadOnlyList<int> Classes(GeneratorNetwork generator, IImageDataset? labels, int? label)
    {
        ArgumentNullException.ThrowIfNull(generator);
        RequireClasses(generator, labels, label);
        return generator.Classes == 0 ? [] : label is { } named ? [named]
            : [.. Enumerable.Range(0, labels!.Count).Select(image => labels.Label(image)!.Value).Distinct().Order()];
    }

    /// <summary>The class of a sample; null where the generator has none.</summary>
    public int? Class(long sample) => _generator.Classes == 0 ? null : _label ?? _labels!.Label((int)SampleRandomness.LabelIndex(_seed, sample, _labels.Count))!.Value;

    /// <inheritdoc/>
    /// <exception cref="EvaluationException">A value is NaN or infinite.</exception>
    public IEnumerable<Tensor> Batches(int batchSize, CancellationToken cancellation)
    {
        for (long first = 0; first < Count; first += batchSize)
        {
            cancellation.ThrowIfCancellationRequested();
            yield return Make(first, Math.Min(batchSize, Count - first));
        }
    }

    private static void RequireClasses(GeneratorNetwork generator, IImageDataset? labels, int? label)
    {
        var known = labels?.ClassCount ?? 0;
        if (label is { } named)
        {
            ArgumentOutOfRangeException.ThrowIfNegative(named, nameof(label));
            ArgumentOutOfRangeException.ThrowIfGreaterThanOrEqual(named, generator.Classes, nameof(label));
        }
        else if (generator.Classes > 0 && known == 0)
        {
            throw new UsageException($"The generator has {generator.Classes} classes, and the data set has no labels to draw them from; "
                + "give one with labels in dataset.json.");
        }

        if (generator.Classes > 0 && known > generator.Classes)
        {
            throw new UsageException($"The data set has labels of {known} classes, more than the generator's {generator.Classes}; "
                + "give the one that it was trained on.");
        }
    }

    private Tensor Make(long first, long count)
    {
        using var gradients = no_grad();
        using var scope = NewDisposeScope();
        var type = _generator.parameters().First().dtype;
        var latents = SampleRandomness.Latents(_seed, first, count, _generator.LatentSize).to(type, _device);
        var labels = _generator.Classes == 0 ? null : Labels(first, count).to(type, _device);
        var images = _generator.forward(latents, labels, SampleRandomness.Noise(_seed, first));
        if (!images.isfinite().all().item<bool>())
        {
            throw new EvaluationException("The generator made an image that is NaN or infinite; its training has diverged.");
        }

        return ImageTensors.ToBytes(images).MoveToOuterDisposeScope();
    }

    private Tensor Labels(long first, long count)
    {
        var oneHot = new float[count * _generator.Classes];
        for (long i = 0; i < count; i++)
        {
            oneHot[(i * _generator.Classes) + Class(first + i)!.Value] = 1;
        }

        return tensor(oneHot, [count, _generator.Classes]);
    }
}

/// <summary>
/// Random inputs of generated samples, each keyed by (seed, sample, purpose): sample 7 is the same picture whatever the batch size and
/// whoever makes it, and no global generator is touched. No stream is one that training with the same seed draws from.
/// </summary>
public static class SampleRandomness
{
    /// <summary>Standard normal latents [count, size] in float32 on the CPU, for samples first, first + 1, …; the caller disposes them.</summary>
    public static Tensor Latents(long seed, long first, long count, long size) =>
        Normal([count, size], CPU, i => Key(seed, first + i, draw: 0, RandomPurpose.Latents));

    /// <summary>A number in [0, bound) for one sample.</summary>
    public static long LabelIndex(long seed, long sample, long bound) =>
        new KeyedRandom(Key(seed, sample, draw: 0, RandomPurpose.Labels)).NextBelow(bound);

    /// <summary>Noise for the samples first, first + 1, … of one forward pass.</summary>
    public static INoiseSource Noise(long seed, long first) => new KeyedNoise(seed, first);

    private static Tensor Normal(long[] shape, Device device, Func<long, RandomKey> key)
    {
        using var scope = NewDisposeScope();
        long[] each = [1, .. shape[1..]];
        List<Tensor> samples = [];
        for (long i = 0; i < shape[0]; i++)
        {
            using Generator random = new((ulong)key(i).Seed, device);
            samples.Add(randn(each, dtype: ScalarType.Float32, device: device, generator: random));
        }

        return cat(samples, 0).MoveToOuterDisposeScope();
    }

    private static RandomKey Key(long seed, long sample, int draw, RandomPurpose purpose) => RandomKey.For(
        (long)RandomKey.ForRun(seed, RandomPurpose.Evaluation).Value, sample, RandomPhase.None, draw, purpose);

    private sealed class KeyedNoise(long seed, long first) : INoiseSource
    {
        private int _draws;

        public Tensor Draw(long[] shape, ScalarType dtype, Device device)
        {
            using var scope = NewDisposeScope();
            var draw = _draws++;
            return Normal(shape, device, i => Key(seed, first + i, draw, RandomPurpose.Noise)).to_type(dtype).MoveToOuterDisposeScope();
        }
    }
}
