using ProjectedGan.Networks.Onnx;
using static ProjectedGan.Tensors.Scalars;
using static TorchSharp.torch;

namespace ProjectedGan.Networks.Generators.Styles;

/// <summary>StyleGAN2's leaky ReLU, scaled so that it keeps the deviation of what passes it.</summary>
internal static class StyleActivation
{
    private const double Slope = 0.2;

    // Keeps bfloat16 and half precision in range; far above what a trained network has.
    private const double MostMagnitude = 256;

    public static Tensor Apply(Tensor input, double gain = 1)
    {
        using var active = input.leaky_relu(Of(Slope));
        return active * Of(Math.Sqrt(2) * gain);
    }

    /// <summary>The activation of a map, whose values are bounded besides.</summary>
    public static Tensor ApplyBounded(Tensor map, double gain)
    {
        using var active = Apply(map, gain);
        return Bound(active, gain);
    }

    public static Tensor Bound(Tensor map, double gain = 1) => map.clamp(Of(-MostMagnitude * gain), Of(MostMagnitude * gain));

    /// <summary><see cref="Apply"/> as part of a graph.</summary>
    public static OnnxValue Export(OnnxGraph graph, OnnxValue input, double gain = 1) =>
        graph.Multiply(graph.LeakyRelu(input, Slope), Math.Sqrt(2) * gain);

    /// <summary><see cref="Bound"/> as part of a graph.</summary>
    public static OnnxValue ExportBound(OnnxGraph graph, OnnxValue map, double gain = 1) => graph.Clamp(map, MostMagnitude * gain);
}
