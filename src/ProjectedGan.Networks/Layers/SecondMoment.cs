using ProjectedGan.Networks.Onnx;
using ProjectedGan.Tensors;
using static ProjectedGan.Tensors.Scalars;
using static TorchSharp.torch;

namespace ProjectedGan.Networks.Layers;

/// <summary>Vectors along axis 1 brought to a root mean square of one: latents, or the channels of each pixel (Karras et al. 2018, section 4.2).</summary>
internal static class SecondMoment
{
    private const double Epsilon = 1e-8;

    /// <summary>[N, C, …] to the same shape.</summary>
    public static Tensor Normalize(Tensor vectors)
    {
        using var squares = vectors * vectors;
        using var moment = squares.mean([1], true); // [N, 1, …]
        using var shifted = moment.Plus(Of(Epsilon));
        using var scale = shifted.rsqrt();
        return vectors * scale;
    }

    /// <summary><see cref="Normalize"/> as part of a graph.</summary>
    public static OnnxValue Export(OnnxGraph graph, OnnxValue vectors) =>
        graph.Multiply(vectors, graph.InverseRoot(graph.Mean(graph.Multiply(vectors, vectors)), Epsilon));
}
