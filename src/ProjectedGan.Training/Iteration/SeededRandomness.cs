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
