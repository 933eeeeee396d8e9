using System.Text.Json.Serialization;

namespace ProjectedGan.Specification;

/// <summary>The loss of both networks.</summary>
public sealed record LossSpec
{
    /// <summary>Which one. Default <c>hinge</c> (the paper).</summary>
    [HashedUnlessDefault]
    public LossKind Kind { get; init; } = LossKind.Hinge;

    /// <summary>
    /// γ of the relativistic and the non-saturating loss: weight of the penalties on the discriminators' gradients at real (R1) and, relativistic only, generated (R2)
    /// images, 0 to 1,000; 0 turns them off. It multiplies squared norms over number and variance of the inputs, so that it depends neither on resolution
    /// nor on the feature network. Default 0.0002: by that measure R3GAN's values lie from 0.00007 (CIFAR-10) to 0.003 (FFHQ-256), and StyleGAN2's 10 at 256² is 0.0002.
    /// </summary>
    [HashedUnlessDefault]
    public double GradientPenalty { get; init; } = 2e-4;

    /// <summary>Iterations from one with the gradient penalty to the next, in which it counts as often; 1 to 1024. Default 1; StyleGAN2 has 16.</summary>
    [HashedUnlessDefault]
    public int PenaltyInterval { get; init; } = 1;

    /// <summary>Generators with styles: weight of the path length regularisation, 0 to 1,000. Default 0 (the paper's reference); StyleGAN2 has 2.</summary>
    [HashedUnlessDefault]
    public double PathLength { get; init; }

    /// <summary>Iterations from one with the path length regularisation to the next, in which it counts as often; 1 to 1024. Default 4 (StyleGAN2-ADA).</summary>
    [HashedUnlessDefault]
    public int PathLengthInterval { get; init; } = 4;

    /// <summary>FastGAN's discriminator: weight of its decoders' perceptual distance from real images, 0 to 1,000. Default 1 (FastGAN).</summary>
    [HashedUnlessDefault]
    public double Reconstruction { get; init; } = 1;

    /// <summary>The weight of the gradient penalty in an iteration, counted from 0; 0 where it is left out.</summary>
    public double PenaltyAt(long iteration) => Kind != LossKind.Hinge && iteration % PenaltyInterval == 0 ? GradientPenalty * PenaltyInterval : 0;

    /// <summary>The weight of the path length regularisation in an iteration, counted from 0; 0 where it is left out.</summary>
    public double PathLengthAt(long iteration) => iteration % PathLengthInterval == 0 ? PathLength * PathLengthInterval : 0;
}

/// <summary>What generator and discriminators learn from.</summary>
public enum LossKind
{
    /// <summary>The hinge loss (the paper): every image is judged by itself.</summary>
    [JsonStringEnumMemberName("hinge")]
    Hinge,

    /// <summary>
    /// The relativistic pairing loss with zero-centred gradient penalties (R3GAN, Huang et al. 2024): a generated image is judged against
    /// a real one.
    /// </summary>
    [JsonStringEnumMemberName("relativistic")]
    Relativistic,

    /// <summary>The non-saturating logistic loss with a gradient penalty at real images (StyleGAN2).</summary>
    [JsonStringEnumMemberName("non_saturating")]
    NonSaturating,
}
