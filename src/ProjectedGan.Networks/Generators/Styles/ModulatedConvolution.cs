using ProjectedGan.Networks.Onnx;
using ProjectedGan.Tensors;
using static ProjectedGan.Tensors.Scalars;
using static TorchSharp.torch;

namespace ProjectedGan.Networks.Generators.Styles;

/// <summary>Convolutions whose input channels are scaled by a style of each image (Karras et al. 2020, section 2.2).</summary>
/// <remarks>Maps are scaled before and after the convolution in place of each image's weights: the same product, and one convolution for the batch.</remarks>
internal static class ModulatedConvolution
{
    private const double Epsilon = 1e-8;

    /// <param name="map">[N, C, H, W].</param>
    /// <param name="weight">[O, C, h, w].</param>
    /// <param name="style">[N, C].</param>
    /// <param name="smoothing">The filter of <see cref="Resampling"/> for a map of twice the size; null for one of the same.</param>
    /// <returns>[N, O, H', W'] before demodulation.</returns>
    public static Tensor Apply(Tensor map, Tensor weight, Tensor style, Tensor? smoothing)
    {
        using var factors = style.view(style.size(0), style.size(1), 1, 1);
        using var modulated = map * factors;
        if (smoothing is null)
        {
            var padding = weight.size(2) / 2;
            return Convolutions.Apply(modulated, weight, null, new ConvolutionGeometry(Rows: padding, Columns: padding));
        }

        using var transposed = weight.transpose(0, 1); // [C, O, h, w]
        using var arranged = Convolutions.Arrange(transposed);
        using var enlarged = Convolutions.Apply(modulated, arranged, null, new ConvolutionGeometry(Stride: 2, Transposed: true)); // [N, O, 2H + 1, 2W + 1]
        return Resampling.Smooth(enlarged, smoothing);
    }

    /// <summary>Factors [N, O, 1, 1] that bring the outputs' expected deviation back to one.</summary>
    public static Tensor Demodulation(Tensor weight, Tensor style)
    {
        using var scope = NewDisposeScope();
        var energies = (weight * weight).sum([2, 3]); // [O, C]
        var deviations = (style * style).matmul(energies.t()); // [N, O]
        return deviations.Plus(Of(Epsilon)).rsqrt().view(style.size(0), weight.size(0), 1, 1).MoveToOuterDisposeScope();
    }

    /// <summary><see cref="Apply"/> as part of a graph.</summary>
    public static OnnxValue Export(OnnxGraph graph, OnnxValue map, Tensor weight, OnnxValue style, Tensor? smoothing)
    {
        var modulated = graph.Multiply(map, graph.AsMap(style));
        if (smoothing is null)
        {
            var padding = weight.size(2) / 2;
            return graph.Convolve(modulated, weight, null, new ConvolutionGeometry(Rows: padding, Columns: padding));
        }

        using var transposed = weight.transpose(0, 1); // [C, O, h, w]
        var enlarged = graph.Convolve(modulated, transposed, null, new ConvolutionGeometry(Stride: 2, Transposed: true));
        return Resampling.ExportSmooth(graph, enlarged, smoothing, weight.size(0));
    }

    /// <summary><see cref="Demodulation"/> as part of a graph.</summary>
    public static OnnxValue ExportDemodulation(OnnxGraph graph, Tensor weight, OnnxValue style)
    {
        using var squares = weight * weight;
        using var energies = squares.sum([2, 3]); // [O, C]
        return graph.AsMap(graph.InverseRoot(graph.Linear(graph.Multiply(style, style), energies, null), Epsilon));
    }
}
