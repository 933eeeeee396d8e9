using ProjectedGan.Data.Datasets;
using ProjectedGan.Data.Ordering;
using ProjectedGan.Networks.Noise;
using ProjectedGan.Specification;
using ProjectedGan.Training.Augmentation;
using static TorchSharp.torch;

namespace ProjectedGan.Training.Iteration;

/// <summary>
/// The draws of a run: each from a generator of its own, seeded by run seed, iteration, phase, replica and purpose, so that they depend
/// neither on the worker nor on what was drawn before. Labels of generated images follow the data set's distribution.
/// </summary>
/// <param name="spec">Seed and sizes.</param>
/// <param name="dataset">Where labels are drawn from; only read with classes.</param>
/// <param name="device">Where noise is drawn.</param>
public sealed class SeededRandomness(TrainingSpec spec, IImageDataset? dataset, Device device) : IReplicaRandomness
{
    public Tensor Latents(ReplicaMoment moment, int count) => Latents(moment, count, RandomPurpose.Latents);

    public Tensor? Labels(ReplicaMoment moment, int count)
    {
        if (spec.Data.Classes == 0)
        {
            return null;
        }
        var draws = new KeyedRandom(Key(moment, RandomPurpose.Labels));
        return OneHot.Of([.. Enumerable.Range(0, count).Select(_ => dataset!.Label((int)draws.NextBelow(dataset.Count)) ?? 0)], spec.Data.Classes);
    }

    public INoiseSource? Noise(ReplicaMoment moment) =>
        spec.Generator.Kind == GeneratorKind.FastGanLite
            ? null : new GeneratorNoise(new Generator((ulong)Key(moment, RandomPurpose.Noise).Seed, device));

    public IAugmentationDraws Augmentation(ReplicaMoment moment, ImageOrigin origin) =>
        new KeyedDraws(Key(moment, origin == ImageOrigin.Real ? RandomPurpose.RealAugmentation : RandomPurpose.Augmentation));

    public StyleMixture? Mixing(ReplicaMoment moment, int count, int styles)
    {
        if (spec.Generator.StyleMixing <= 0)
        {
            return null;
        }
        var draws = new KeyedRandom(Key(moment, RandomPurpose.Mixing));
        var fromSecond = new bool[count * styles];
        for (var image = 0; image < count; image++)
        {
            var (isMixed, first) = (draws.NextSingle() < spec.Generator.StyleMixing, 1 + (int)draws.NextBelow(styles - 1));
            Array.Fill(fromSecond, isMixed, (image * styles) + first, styles - first);
        }
        return new StyleMixture(Latents(moment, count, RandomPurpose.MixedLatents), tensor(fromSecond, [count, styles, 1]));
    }

    public Tensor PathDirections(ReplicaMoment moment, long[] shape)
    {
        using var generator = new Generator((ulong)Key(moment, RandomPurpose.PathDirections).Seed);
        return randn(shape, dtype: ScalarType.Float32, device: CPU, requires_grad: false, generator: generator);
    }

    public IAugmentationDraws Crops(ReplicaMoment moment) => new KeyedDraws(Key(moment, RandomPurpose.Crops));

    private Tensor Latents(ReplicaMoment moment, int count, RandomPurpose purpose)
    {
        // On the CPU, so that runs on every kind of device see the same latents.
        using var generator = new Generator((ulong)Key(moment, purpose).Seed);
        return randn([count, spec.Generator.LatentSize], dtype: ScalarType.Float32, device: CPU, requires_grad: false, generator: generator);
    }

    private RandomKey Key(ReplicaMoment moment, RandomPurpose purpose) => RandomKey.For(spec.Seed, moment.Iteration, moment.Phase, moment.Replica, purpose);
}

/// <summary>Second latents, and where their styles take the place of the first's (Karras et al. 2019, section 3.1).</summary>
/// <param name="Latents">Standard normal [N, Z].</param>
/// <param name="FromSecond">True [N, S, 1] for the layers of an image from a random one on.</param>
public sealed record StyleMixture(Tensor Latents, Tensor FromSecond);

/// <summary>Every random number that an iteration uses. Calls come from several threads; the same moment always gives the same draws.</summary>
public interface IReplicaRandomness
{
    /// <summary>Standard normal latents [count, Z]; the caller disposes them.</summary>
    Tensor Latents(ReplicaMoment moment, int count);

    /// <summary>Labels of generated images, one-hot [count, classes]; null without classes.</summary>
    Tensor? Labels(ReplicaMoment moment, int count);

    /// <summary>The noise that a generator injects; null for none.</summary>
    INoiseSource? Noise(ReplicaMoment moment);

    /// <summary>The draws of the augmentation, one stream for generated and one for real images.</summary>
    IAugmentationDraws Augmentation(ReplicaMoment moment, ImageOrigin origin);

    /// <summary>Which images take styles from second latents; null where none may.</summary>
    StyleMixture? Mixing(ReplicaMoment moment, int count, int styles);

    /// <summary>Standard normal images of a shape: the directions in which path lengths are measured; the caller disposes them.</summary>
    Tensor PathDirections(ReplicaMoment moment, long[] shape);

    /// <summary>Which part of real images a decoder has to find again.</summary>
    IAugmentationDraws Crops(ReplicaMoment moment);
}

/// <summary>One phase of one replica in one iteration: what random draws are keyed by.</summary>
/// <param name="Iteration">From 0.</param>
/// <param name="Phase">The part of it.</param>
/// <param name="Replica">From 0 to V-1.</param>
public readonly record struct ReplicaMoment(long Iteration, RandomPhase Phase, int Replica);
