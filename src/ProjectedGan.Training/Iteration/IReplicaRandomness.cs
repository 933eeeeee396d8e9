using ProjectedGan.Data.Augmentation;
using ProjectedGan.Networks.Noise;
using static TorchSharp.torch;

namespace ProjectedGan.Training.Iteration;

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
}
