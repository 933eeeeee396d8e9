using ProjectedGan.Networks.Layers;
using ProjectedGan.Networks.Onnx;
using ProjectedGan.Tensors;
using TorchSharp.Modules;
using TorchSharp.Utils;
using static ProjectedGan.Tensors.Scalars;
using static TorchSharp.torch.nn;
using static TorchSharp.torch;

namespace ProjectedGan.Networks.Generators.Styles;

/// <summary>A map to the three channels of an image: a modulated 1×1 convolution without demodulation, and a bias.</summary>
internal sealed class StyledImage : Module<Tensor, Tensor, Tensor>
{
    /// <summary>Red, green and blue.</summary>
    public const int Channels = 3;

    private readonly double _gain;

    [ComponentName(Name = "weight")]
    private readonly Parameter _weight;

    [ComponentName(Name = "bias")]
    private readonly Parameter _bias = new(zeros([Channels]), true);

    [ComponentName(Name = "affine")]
    private readonly EqualizedLinear _affine;

    public StyledImage(long inputs, long styleSize, InitialWeights initial)
        : base(nameof(StyledImage))
    {
        _gain = 1 / Math.Sqrt(inputs);
        _affine = new EqualizedLinear(styleSize, inputs, initial, bias: 1);
        _weight = new Parameter(initial.Normal([Channels, inputs, 1, 1]), true);
        RegisterComponents();
    }

    /// <param name="map">[N, inputs, H, W].</param>
    /// <param name="style">[N, W].</param>
    /// <returns>[N, 3, H, W].</returns>
    public override Tensor forward(Tensor map, Tensor style)
    {
        using var scope = NewDisposeScope();
        var factors = _affine.forward(style) * Of(_gain); // [N, inputs]
        var image = ModulatedConvolution.Apply(map, GradientTaps.Of(_weight), factors, smoothing: null);
        return StyleActivation.Bound(image.Plus(GradientTaps.Of(_bias).view(1, -1, 1, 1))).MoveToOuterDisposeScope();
    }

    /// <summary>The forward pass as part of a graph.</summary>
    public OnnxValue Export(OnnxGraph graph, OnnxValue map, OnnxValue style)
    {
        var image = ModulatedConvolution.Export(graph, map, _weight, _affine.Export(graph, style, _gain), smoothing: null);
        using var bias = _bias.view(-1, 1, 1);
        return StyleActivation.ExportBound(graph, graph.Add(image, graph.Constant(bias)));
    }
}
