using ProjectedGan.Data.Augmentation;
using ProjectedGan.Training.Specification;
using static TorchSharp.torch;
using static TorchSharp.torch.nn;

namespace ProjectedGan.Training.Iteration;

/// <summary>
/// What discriminators get to see of images: blurred while the schedule says so, augmented, and resized to the feature network's input
/// (bilinear, half-pixel centres, no antialiasing), in the reference's order. Differentiable.
/// </summary>
internal sealed class DiscriminatorView(TrainingSpec spec)
{
    private readonly DiffAugmentPolicy _policy = Policy(spec.Augmentation);
    private readonly long _inputSize = spec.Features.EffectiveInputSize(spec.Data.Resolution);

    /// <summary>Maps [N, 3, R, R] to [N, 3, S, S]; the result belongs to the caller's scope.</summary>
    public Tensor Of(Tensor images, long imagesSeen, Func<IAugmentationDraws> draws)
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
        if (spec.Data.Resolution != _inputSize)
        {
            seen = functional.interpolate(seen, size: [_inputSize, _inputSize], mode: InterpolationMode.Bilinear, align_corners: false);
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
