using ProjectedGan.Networks.Layers;
using ProjectedGan.Networks.Noise;
using ProjectedGan.Networks.Onnx;
using TorchSharp.Utils;
using static TorchSharp.torch;

namespace ProjectedGan.Networks.Generators;

/// <summary>Upsample, convolution, batch normalisation, gate.</summary>
internal sealed class LiteUpBlock : UpBlock
{
    [ComponentName(Name = "1")]
    private readonly SpectralLayer _convolution;

    [ComponentName(Name = "2")]
    private readonly BatchNormalization _normalization;

    public LiteUpBlock(long inputs, long outputs, InitialWeights initial)
        : base(nameof(LiteUpBlock))
    {
        _convolution = GatedConvolution(inputs, outputs, initial);
        _normalization = new BatchNormalization(outputs * 2);
        RegisterComponents();
    }

    public override Tensor forward(Tensor map, Tensor? condition, INoiseSource? noise)
    {
        using var large = Upsample(map); // [N, inputs, 2H, 2W]
        using var wide = _convolution.forward(large); // [N, 2 * outputs, 2H, 2W]
        using var normalized = _normalization.forward(wide);
        return Gate(normalized); // [N, outputs, 2H, 2W]
    }

    public override OnnxValue Export(OnnxGraph graph, OnnxValue map, OnnxValue? condition) =>
        graph.Gate(_normalization.Export(graph, _convolution.Export(graph, graph.Double(map))));
}
