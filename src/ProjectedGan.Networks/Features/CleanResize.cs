using static ProjectedGan.Tensors.Scalars;
using static TorchSharp.torch;

namespace ProjectedGan.Networks.Features;

/// <summary>
/// The resize of clean-fid: Pillow's bicubic filter on each channel in floating point, as wide as the reduction (so that it does not
/// alias), along the rows, then along the columns; not rounded to 8 bits, clipped to [0, 255].
/// </summary>
public static class CleanResize
{
    // Pillow's, a = −1/2, which reaches two pixels (of the result where that is smaller) to each side.
    private const double Sharpness = -0.5;
    private const double Support = 2;

    /// <summary>Resizes images, one at a time: in float64 a batch of large ones would take gigabytes.</summary>
    /// <param name="images">uint8 [N, 3, H, W] or [N, 1, H, W] (grey).</param>
    /// <param name="side">Height and width of the result in pixels.</param>
    /// <returns>float32 [N, 3, side, side], values in [0, 255].</returns>
    /// <exception cref="ArgumentException">The tensor is not of that shape or type.</exception>
    public static Tensor Bicubic(Tensor images, long side)
    {
        ArgumentNullException.ThrowIfNull(images);
        using var scope = NewDisposeScope();
        FeatureInput.Check(images);
        var byColumns = Weights(images.size(3), side).to(images.device).t();
        var byRows = Weights(images.size(2), side).to(images.device);
        var result = empty([images.size(0), 3, side, side], ScalarType.Float32, images.device);
        for (long i = 0; i < images.size(0); i++)
        {
            using var each = NewDisposeScope();
            var pixels = FeatureInput.FromBytes(images.narrow(0, i, 1), ScalarType.Float64);
            // Pillow keeps float32 between its two passes, and has none along an axis that fits already.
            var rows = images.size(3) == side ? pixels : pixels.matmul(byColumns).to(ScalarType.Float32).to(ScalarType.Float64);
            var resized = images.size(2) == side ? rows : byRows.matmul(rows);
            result.narrow(0, i, 1).copy_(resized.to(ScalarType.Float32).clamp_(Of(0.0), Of(255.0)));
        }

        return result.MoveToOuterDisposeScope();
    }

    // [outputs, inputs]; each row sums to 1.
    private static Tensor Weights(long inputs, long outputs)
    {
        var scale = (double)inputs / outputs;
        var stretch = Math.Max(scale, 1);
        var weights = new double[outputs * inputs];
        for (var output = 0; output < outputs; output++)
        {
            var center = (output + 0.5) * scale;
            var first = Math.Max(0, (int)(center - (Support * stretch) + 0.5));
            var end = (int)Math.Min(inputs, (int)(center + (Support * stretch) + 0.5));
            var row = weights.AsSpan((int)((output * inputs) + first), end - first);
            var sum = 0.0;
            for (var i = 0; i < row.Length; i++)
            {
                row[i] = Filter((first + i - center + 0.5) / stretch);
                sum += row[i];
            }

            foreach (ref var weight in row)
            {
                weight /= sum;
            }
        }

        return tensor(weights, [outputs, inputs]);
    }

    private static double Filter(double x) => Math.Abs(x) switch
    {
        < 1 and var near => ((((Sharpness + 2) * near) - (Sharpness + 3)) * near * near) + 1,
        < 2 and var far => ((((far - 5) * far) + 8) * far * Sharpness) - (4 * Sharpness),
        _ => 0,
    };
}
