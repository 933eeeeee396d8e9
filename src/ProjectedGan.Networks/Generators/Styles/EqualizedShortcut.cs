using ProjectedGan.Networks.Layers;
using ProjectedGan.Networks.Onnx;
using ProjectedGan.Tensors;
using TorchSharp.Modules;
using TorchSharp.Utils;
using static ProjectedGan.Tensors.Scalars;
using static TorchSharp.torch.nn;
using static TorchSharp.torch;

namespace ProjectedGan.Networks.Generators.Styles;

/// <summary>A residual block's way past its layers: a 1×1 convolution without bias to twice the side.</summary>
internal sealed class EqualizedShortcut : Module<Tensor, Tensor>
{
    private readonly double _gain;

    [ComponentName(Name = "weight")]
    private readonly Parameter _weight;

    [ComponentName(Name = "resample_filter")]
    private readonly Tensor _filter = Resampling.Filter();

    public EqualizedShortcut(long inputs, long outputs, InitialWeights initial)
        : base(nameof(EqualizedShortcut))
    {
        _gain = 1 / Math.Sqrt(inputs);
        _weight = new Parameter(initial.Normal([outputs, inputs, 1, 1]), true);
        RegisterComponents();
    }

    /// <param name="map">[N, inputs, H, W].</param>
    /// <returns>[N, outputs, 2H, 2W].</returns>
    public override Tensor forward(Tensor map)
    {
        using var weight = GradientTaps.Of(_weight) * Of(_gain);
        using var mixed = Convolutions.Apply(map, weight, null, new ConvolutionGeometry());
        return Resampling.Double(mixed, _filter);
    }

    /// <summary>The forward pass as part of a graph.</summary>
    public OnnxValue Export(OnnxGraph graph, OnnxValue map)
    {
        using var weight = _weight * Of(_gain);
        return Resampling.ExportDouble(graph, graph.Convolve(map, weight, null, new ConvolutionGeometry()), _filter, _weight.size(0));
    }
}
