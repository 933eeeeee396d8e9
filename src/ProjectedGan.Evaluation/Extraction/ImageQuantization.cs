using ProjectedGan.Torch;
using static ProjectedGan.Torch.Scalars;
using static TorchSharp.torch;

namespace ProjectedGan.Evaluation.Extraction;

/// <summary>Turns a generator's images into bytes as the reference's metrics do: (x · 127.5 + 128) clamped to [0, 255] and truncated.</summary>
public static class ImageQuantization
{
    /// <summary>uint8 images of <paramref name="images"/>, which are about [-1, 1]; the caller disposes them.</summary>
    /// <exception cref="EvaluationException">A value is NaN or infinite.</exception>
    public static Tensor ToBytes(Tensor images)
    {
        ArgumentNullException.ThrowIfNull(images);
        using var scope = NewDisposeScope();
        if (!images.isfinite().all().item<bool>())
        {
            throw new EvaluationException("The generator made an image that is NaN or infinite; its training has diverged.");
        }

        return images.mul(Of(127.5)).AddInPlace(Of(128.0)).clamp_(Of(0.0), Of(255.0)).to_type(ScalarType.Byte).MoveToOuterDisposeScope();
    }
}
