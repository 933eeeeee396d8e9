using ProjectedGan.Networks.Noise;
using ProjectedGan.Training.Augmentation;
using static TorchSharp.torch;

namespace ProjectedGan.Training.Iteration;

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
