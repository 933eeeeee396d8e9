using ProjectedGan.Networks.Layers;
using ProjectedGan.Networks.Noise;
using ProjectedGan.Networks.Onnx;
using TorchSharp.Utils;
using static TorchSharp.torch;

namespace ProjectedGan.Networks.Generators;

/// <summary>Upsample, then twice: convolution, noise, batch normalisation, gate.</summary>
internal sealed class FullUpBlock : UpBlock
{
    [ComponentName(Name = "1")]
    private readonly SpectralLayer _firstConvolution;

    [ComponentName(Name = "2")]
    private readonly NoiseInjection _firstNoise = new();

    [ComponentName(Name = "3")]
    private readonly BatchNormalization _firstNormalization;

    [ComponentName(Name = "5")]
    private readonly SpectralLayer _secondConvolution;

    [ComponentName(Name = "6")]
    private readonly NoiseInjection _secondNoise = new();

    [ComponentName(Name = "7")]
    private readonly BatchNormalization _secondNormalization;

    public FullUpBlock(long inputs, long outputs, InitialWeights initial)
        : base(nameof(FullUpBlock))
    {
        _firstConvolution = GatedConvolution(inputs, outputs, initial);
        _firstNormalization = new BatchNormalization(outputs * 2);
        _secondConvolution = GatedConvolution(outputs, outputs, initial);
        _secondNormalization = new BatchNormalization(outputs * 2);
        RegisterComponents();
    }

    public override Tensor forward(Tensor map, Tensor? condition, INoiseSource? noise)
    {
        using var large = Upsample(map); // [N, inputs, 2H, 2W]
        using var first = Run(large, noise, _firstConvolution, _firstNoise, _firstNormalization); // [N, outputs, 2H, 2W]
        return Run(first, noise, _secondConvolution, _secondNoise, _secondNormalization);
    }

    private static Tensor Run(
        Tensor map, INoiseSource? noise, SpectralLayer convolution, NoiseInjection injection, BatchNormalization normalization)
    {
        using var wide = convolution.forward(map); // [N, 2 * outputs, 2H, 2W]
        using var noisy = injection.forward(wide, noise);
        using var normalized = normalization.forward(noisy);
        return Gate(normalized); // [N, outputs, 2H, 2W]
    }

    public override OnnxValue Export(OnnxGraph graph, OnnxValue map, OnnxValue? condition)
    {
        var first = graph.Gate(_firstNormalization.Export(graph, _firstConvolution.Export(graph, graph.Double(map))));
        return graph.Gate(_secondNormalization.Export(graph, _secondConvolution.Export(graph, first)));
    }
}

/// <summary><see cref="FullUpBlock"/> with conditional batch normalisation; both convolutions share one noise scale, as the reference's do.</summary>
internal sealed class ConditionalFullUpBlock : UpBlock
{
    [ComponentName(Name = "conv1")]
    private readonly SpectralLayer _firstConvolution;

    [ComponentName(Name = "conv2")]
    private readonly SpectralLayer _secondConvolution;

    [ComponentName(Name = "bn1")]
    private readonly ConditionalBatchNorm _firstNormalization;

    [ComponentName(Name = "bn2")]
    private readonly ConditionalBatchNorm _secondNormalization;

    [ComponentName(Name = "noise")]
    private readonly NoiseInjection _noise = new();

    public ConditionalFullUpBlock(long inputs, long outputs, long conditionSize, InitialWeights initial)
        : base(nameof(ConditionalFullUpBlock))
    {
        _firstConvolution = GatedConvolution(inputs, outputs, initial);
        _secondConvolution = GatedConvolution(outputs, outputs, initial);
        _firstNormalization = new ConditionalBatchNorm(outputs * 2, conditionSize, initial);
        _secondNormalization = new ConditionalBatchNorm(outputs * 2, conditionSize, initial);
        RegisterComponents();
    }

    public override Tensor forward(Tensor map, Tensor? condition, INoiseSource? noise)
    {
        using var large = Upsample(map); // [N, inputs, 2H, 2W]
        using var wide = _firstConvolution.forward(large); // [N, 2 * outputs, 2H, 2W]
        using var first = Finish(wide, condition!, noise, _firstNormalization); // [N, outputs, 2H, 2W]
        using var second = _secondConvolution.forward(first); // [N, 2 * outputs, 2H, 2W]
        return Finish(second, condition!, noise, _secondNormalization);
    }

    private Tensor Finish(Tensor wide, Tensor condition, INoiseSource? noise, ConditionalBatchNorm normalization)
    {
        using var noisy = _noise.forward(wide, noise);
        using var normalized = normalization.forward(noisy, condition);
        return Gate(normalized); // [N, outputs, 2H, 2W]
    }

    public override OnnxValue Export(OnnxGraph graph, OnnxValue map, OnnxValue? condition)
    {
        var first = graph.Gate(_firstNormalization.Export(graph, _firstConvolution.Export(graph, graph.Double(map)), condition!.Value));
        return graph.Gate(_secondNormalization.Export(graph, _secondConvolution.Export(graph, first), condition.Value));
    }
}
