using ProjectedGan.Networks.Onnx;
using ProjectedGan.Tensors;
using static ProjectedGan.Tensors.Scalars;
using static TorchSharp.torch;

namespace ProjectedGan.Networks.Generators.Styles;

/// <summary>Resampling with the binomial filter [1, 3, 3, 1] (Karras et al. 2019, section 2; Zhang 2019).</summary>
internal static class Resampling
{
    // Twice as many pixels on both axes have a quarter of the values each.
    private const double Gain = 4;

    /// <summary>The filter [4, 4], whose sum is one.</summary>
    public static Tensor Filter()
    {
        using var taps = tensor(new float[] { 1, 3, 3, 1 });
        using var filter = taps.outer(taps);
        using var total = filter.sum();
        return filter / total;
    }

    /// <summary>Filters what a transposed 3×3 convolution of stride two has made: [N, C, 2H + 1, 2W + 1] to [N, C, 2H, 2W].</summary>
    public static Tensor Smooth(Tensor map, Tensor filter) => EachChannel(map, filter, Gain, new ConvolutionGeometry(Rows: 1, Columns: 1));

    /// <summary>Filters what a 3×3 convolution of stride two is to halve: [N, C, 2H, 2W] to [N, C, 2H + 1, 2W + 1].</summary>
    public static Tensor SmoothWide(Tensor map, Tensor filter) => EachChannel(map, filter, 1, new ConvolutionGeometry(Rows: 2, Columns: 2));

    /// <summary>[N, C, 2H, 2W] to [N, C, H, W]: the filter, and every other pixel of what it makes.</summary>
    public static Tensor Halve(Tensor map, Tensor filter) => EachChannel(map, filter, 1, new ConvolutionGeometry(Stride: 2, Rows: 1, Columns: 1));

    /// <summary>[N, C, H, W] to [N, C, 2H, 2W]: zeros between the pixels, then the filter.</summary>
    public static Tensor Double(Tensor map, Tensor filter)
    {
        var (count, channels, height, width) = (map.size(0), map.size(1), map.size(2), map.size(3));
        using var planes = map.reshape(count * channels, 1, height, width);
        using var scaled = filter * Of(Gain);
        using var kernel = scaled.view(1, 1, 4, 4);
        using var doubled = Convolutions.Apply(planes, kernel, null, new ConvolutionGeometry(Stride: 2, Rows: 1, Columns: 1, Transposed: true));
        return doubled.reshape(count, channels, height * 2, width * 2);
    }

    /// <summary><see cref="Smooth"/> as part of a graph.</summary>
    public static OnnxValue ExportSmooth(OnnxGraph graph, OnnxValue map, Tensor filter, long channels)
    {
        using var kernels = Kernels(filter, channels, Gain);
        return graph.Convolve(map, kernels, null, new ConvolutionGeometry(Rows: 1, Columns: 1, Groups: channels));
    }

    /// <summary><see cref="Double"/> as part of a graph.</summary>
    public static OnnxValue ExportDouble(OnnxGraph graph, OnnxValue map, Tensor filter, long channels)
    {
        using var kernels = Kernels(filter, channels, Gain);
        var geometry = new ConvolutionGeometry(Stride: 2, Rows: 1, Columns: 1, Groups: channels, Transposed: true);
        return graph.Convolve(map, kernels, null, geometry);
    }

    private static Tensor EachChannel(Tensor map, Tensor filter, double gain, ConvolutionGeometry geometry)
    {
        var channels = map.size(1);
        using var kernels = Kernels(filter, channels, gain);
        return Convolutions.Apply(map, kernels, null, geometry with { Groups = channels });
    }

    private static Tensor Kernels(Tensor filter, long channels, double gain)
    {
        using var scaled = filter * Of(gain);
        using var kernels = scaled.expand(channels, 1, 4, 4);
        return kernels.contiguous();
    }
}
