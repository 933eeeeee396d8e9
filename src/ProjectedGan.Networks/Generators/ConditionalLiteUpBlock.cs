using ProjectedGan.Networks.Layers;
using ProjectedGan.Networks.Noise;
using ProjectedGan.Networks.Onnx;
using TorchSharp.Utils;
using static TorchSharp.torch;

namespace ProjectedGan.Networks.Generators;

/// <summary><see cref="LiteUpBlock"/> with conditional batch normalisation.</summary>
internal sealed class ConditionalLiteUpBlock : UpBlock
{
    [ComponentName(Name = "conv")]
    private readonly SpectralLayer _convolution;

    [ComponentName(Name = "bn")]
    private readonly ConditionalBatchNorm _normalization;

    public ConditionalLiteUpBlock(long inputs, long outputs, long conditionSize, InitialWeights initial)
        : base(nameof(ConditionalLiteUpBlock))
    {
        _convolution = GatedConvolution(inputs, outputs, initial);
        _normalization = new ConditionalBatchNorm(outputs * 2, conditionSize, initial);
        RegisterComponents();
    }

    public override Tensor forward(Tensor map, Tensor? condition, INoiseSource? noise)
    {
        using var large = Upsample(map); // [N, inputs, 2H, 2W]
        using var wide = _convolution.forward(large); // [N, 2 * outputs, 2H, 2W]
        using var normalized = _normalization.forward(wide, condition!);
        return Gate(normalized); // [N, outputs, 2H, 2W]
    }

    public override OnnxValue Export(OnnxGraph graph, OnnxValue map, OnnxValue? condition) =>
        graph.Gate(_normalization.Export(graph, _convolution.Export(graph, graph.Double(map)), condition!.Value));
}
