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

        return images.mul(127.5f).add_(128f).clamp_(0f, 255f).to_type(ScalarType.Byte).MoveToOuterDisposeScope();
    }
}
