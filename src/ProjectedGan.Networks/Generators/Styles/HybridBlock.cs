using ProjectedGan.Networks.Layers;
using ProjectedGan.Networks.Noise;
using ProjectedGan.Networks.Onnx;
using TorchSharp.Utils;
using static TorchSharp.torch.nn;
using static TorchSharp.torch;

namespace ProjectedGan.Networks.Generators.Styles;

/// <summary>A resolution of the <see cref="Hybrid"/> generator: modulated convolution and gated linear unit, on a map upsampled by repetition.</summary>
internal sealed class HybridBlock : Module
{
    private static readonly double[] Twice = [2, 2];

    [ComponentName(Name = "conv")]
    private readonly StyledConvolution _convolution;

    public HybridBlock(long inputs, long outputs, long styleSize, int side, InitialWeights initial)
        : base(nameof(HybridBlock))
    {
        _convolution = new StyledConvolution(inputs, outputs * 2, styleSize, side, doubles: false, initial);
        RegisterComponents();
    }

    /// <param name="map">[N, inputs, H, W].</param>
    /// <param name="style">[N, W].</param>
    /// <param name="noise">See <see cref="StyledConvolution.Forward"/>.</param>
    /// <returns>[N, outputs, side, side].</returns>
    public Tensor Forward(Tensor map, Tensor style, INoiseSource? noise)
    {
        using var large = functional.interpolate(map, null, Twice, InterpolationMode.Nearest); // [N, inputs, side, side]
        using var wide = _convolution.Linear(large, style, noise); // [N, 2 * outputs, side, side]
        using var bounded = StyleActivation.Bound(wide);
        using var gated = GatedUnit.Apply(bounded);
        return SecondMoment.Normalize(gated);
    }

    /// <summary><see cref="Forward"/> as part of a graph.</summary>
    public OnnxValue Export(OnnxGraph graph, OnnxValue map, OnnxValue style, bool storedNoise)
    {
        var wide = _convolution.ExportLinear(graph, graph.Double(map), style, storedNoise);
        return SecondMoment.Export(graph, graph.Gate(StyleActivation.ExportBound(graph, wide)));
    }
}
