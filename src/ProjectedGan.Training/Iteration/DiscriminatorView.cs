using ProjectedGan.Specification;
using ProjectedGan.Training.Augmentation;
using static TorchSharp.torch;
using static TorchSharp.torch.nn;

namespace ProjectedGan.Training.Iteration;

/// <summary>
/// What discriminators get to see of images: blurred while the schedule says so, augmented, and, for those on features, resized to the feature
/// network's input (bilinear, half-pixel centres, no antialiasing), in the reference's order. Differentiable.
/// </summary>
internal sealed class DiscriminatorView(TrainingSpec spec)
{
    private readonly DiffAugmentPolicy _policy = Policy(spec.Augmentation);
    private readonly AdaptiveAugmentationOptions? _adaptive = spec.Augmentation.IsAdaptive ? AdaptiveAugmentationOptions.Parse(spec.Augmentation.Adaptive) : null;

    /// <summary>Side S in pixels of what is seen.</summary>
    public int Side { get; } = spec.Discriminator.Kind == DiscriminatorKind.Projected ? spec.Features.EffectiveInputSize(spec.Data.Resolution) : spec.Data.Resolution;

    /// <summary>Maps [N, 3, R, R] to [N, 3, S, S]; the result belongs to the caller's scope.</summary>
    /// <param name="images">The images.</param>
    /// <param name="imagesSeen">Real images shown before.</param>
    /// <param name="probability">Of each transform of an adaptive augmentation.</param>
    /// <param name="draws">What augmentation draws.</param>
    public Tensor Of(Tensor images, long imagesSeen, double probability, Func<IAugmentationDraws> draws)
    {
        using var scope = NewDisposeScope();
        var seen = images.alias();
        if (spec.Blur.Sigma(imagesSeen) is > 0 and var sigma)
        {
            seen = GaussianBlur.Apply(seen, sigma);
        }
        if (_policy.Kinds.Count > 0)
        {
            seen = DiffAugment.Apply(seen, _policy, draws());
        }
        if (_adaptive is not null)
        {
            seen = AdaptiveAugmentation.Apply(seen, probability, _adaptive, draws());
        }
        if (spec.Data.Resolution != Side)
        {
            seen = functional.interpolate(seen, size: [Side, Side], mode: InterpolationMode.Bilinear, align_corners: false);
        }
        return seen.MoveToOuterDisposeScope();
    }

    private static DiffAugmentPolicy Policy(AugmentationSpec augmentation)
    {
        (string Name, bool IsOn)[] operations =
            [("color", augmentation.Color), ("translation", augmentation.Translation), ("cutout", augmentation.Cutout)];
        return DiffAugmentPolicy.Parse(string.Join(',', operations.Where(operation => operation.IsOn).Select(operation => operation.Name)));
    }
}
