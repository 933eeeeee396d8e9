using static TorchSharp.torch;

namespace ProjectedGan.Networks.Tests.Features;

/// <summary>
/// Pillow's bilinear resize: a triangle filter as wide as the reduction, along the rows, then along the columns, rounded to 8 bits
/// after each; weights in fixed point with 22 bits, which decides the many ties.
/// </summary>
internal static class PillowBilinear
{
    private const double One = 1 << 22;

    /// <param name="images">uint8 [N, C, H, W].</param>
    /// <param name="side">Height and width of the result.</param>
    public static Tensor Resize(Tensor images, int side)
    {
        var byColumns = Weights(images.size(3), side).t();
        var rows = Rounded(images.to(ScalarType.Float64).matmul(byColumns));
        return Rounded(Weights(images.size(2), side).matmul(rows)).to(ScalarType.Byte);
    }

    private static Tensor Rounded(Tensor sums) => sums.div(One).add(0.5).floor().clamp(0, 255);

    // [outputs, inputs], times One and whole; products and sums stay exact in float64.
    private static Tensor Weights(long inputs, int outputs)
    {
        var scale = (double)inputs / outputs;
        var support = Math.Max(scale, 1);
        var weights = new double[outputs * inputs];
        for (var output = 0; output < outputs; output++)
        {
            var center = (output + 0.5) * scale;
            var row = weights.AsSpan((int)(output * inputs), (int)inputs);
            var sum = 0.0;
            for (var input = 0; input < inputs; input++)
            {
                row[input] = Math.Max(0, 1 - (Math.Abs(input + 0.5 - center) / support));
                sum += row[input];
            }

            foreach (ref var weight in row)
            {
                weight = Math.Floor((weight / sum * One) + 0.5);
            }
        }

        return tensor(weights, [outputs, inputs]);
    }
}
