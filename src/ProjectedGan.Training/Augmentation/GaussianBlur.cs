using ProjectedGan.Tensors;
using static TorchSharp.torch;

namespace ProjectedGan.Training.Augmentation;

/// <summary>The reference's blur: taps 2^(-(x/σ)²) for |x| ≤ ⌊3σ⌋, normalised, along rows and columns, zeros outside the image.</summary>
/// <remarks>The taps' base is 2 and lacks the half of a Gaussian's exponent, so the true standard deviation is about 0.85 σ.</remarks>
public static class GaussianBlur
{
    /// <summary>Blurs images; below σ = 1/3 nothing changes.</summary>
    /// <param name="images">[N, C, H, W], floating point.</param>
    /// <param name="sigma">In pixels, not negative.</param>
    /// <returns>[N, C, H, W], differentiable; an alias of the images where nothing changes.</returns>
    public static Tensor Apply(Tensor images, double sigma)
    {
        ArgumentNullException.ThrowIfNull(images);
        var taps = Taps(sigma);
        if (taps.Length == 1)
            return images.alias();
        using var scope = NewDisposeScope();
        var channels = images.size(1);
        long reach = taps.Length / 2;
        var filter = tensor(taps, dtype: images.dtype, device: images.device);
        var column = filter.view(1, 1, taps.Length, 1).expand(channels, 1, taps.Length, 1).contiguous();
        var row = filter.view(1, 1, 1, taps.Length).expand(channels, 1, 1, taps.Length).contiguous();
        var result = Convolutions.Apply(images, row, null, new ConvolutionGeometry(Columns: reach, Groups: channels));
        result = Convolutions.Apply(result, column, null, new ConvolutionGeometry(Rows: reach, Groups: channels));
        return result.MoveToOuterDisposeScope();
    }

    /// <summary>The normalised taps, of odd length; a single 1 where there is no blur.</summary>
    public static double[] Taps(double sigma)
    {
        ArgumentOutOfRangeException.ThrowIfNegative(sigma);
        var reach = (int)Math.Floor(3 * sigma);
        if (reach == 0)
            return [1];
        var taps = Enumerable.Range(-reach, 2 * reach + 1).Select(x => Math.Pow(2, -(x / sigma * (x / sigma)))).ToArray();
        var sum = taps.Sum();
        return Array.ConvertAll(taps, tap => tap / sum);
    }
}

/// <summary>A blur in front of the discriminator that fades linearly over the first images of a run.</summary>
/// <param name="InitialSigma">Standard deviation at the start, in pixels.</param>
/// <param name="FadeImages">Images seen when it is gone; 0 for no blur at all.</param>
public sealed record BlurSchedule(double InitialSigma, long FadeImages)
{
    /// <summary>Standard deviation after so many images, in pixels.</summary>
    public double SigmaAt(long imagesSeen) => FadeImages > 0 ? Math.Max(1 - imagesSeen / (double)FadeImages, 0) * InitialSigma : 0;
}
