using ProjectedGan.Data.Augmentation;
using ProjectedGan.Data.Datasets;
using ProjectedGan.Data.Ordering;
using ProjectedGan.Networks.Noise;
using ProjectedGan.Training.Specification;
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
    public Tensor Latents(ReplicaMoment moment, int count)
    {
        // On the CPU, so that runs on every kind of device see the same latents.
        using var generator = new Generator((ulong)Key(moment, RandomPurpose.Latents).Seed);
        return randn([count, spec.Generator.LatentSize], dtype: ScalarType.Float32, device: CPU, requires_grad: false, generator: generator);
    }

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

    private RandomKey Key(ReplicaMoment moment, RandomPurpose purpose) => RandomKey.For(
        spec.Seed, moment.Iteration, moment.Phase == TrainingPhase.Generator ? RandomPhase.Generator : RandomPhase.Discriminator,
        moment.Replica, purpose);
}
