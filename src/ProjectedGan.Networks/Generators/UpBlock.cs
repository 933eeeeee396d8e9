using ProjectedGan.Networks.Layers;
using ProjectedGan.Networks.Noise;
using ProjectedGan.Networks.Onnx;
using TorchSharp.Utils;
using static TorchSharp.torch;
using static TorchSharp.torch.nn;

namespace ProjectedGan.Networks.Generators;

/// <summary>A block of FastGAN's generator: nearest upsampling to twice the size, then one or two gated convolutions.</summary>
/// <remarks>Arguments of a forward pass: map [N, C, H, W], condition [N, Z] or null, noise source or null.</remarks>
internal abstract class UpBlock(string name) : Module<Tensor, Tensor?, INoiseSource?, Tensor>(name)
{
    private static readonly double[] Twice = [2, 2];

    public static UpBlock Create(FastGanOptions options, long inputs, long outputs, InitialWeights initial) => options switch
    {
        { Lite: true, Classes: 0 } => new LiteUpBlock(inputs, outputs, initial),
        { Lite: true } => new ConditionalLiteUpBlock(inputs, outputs, options.LatentSize, initial),
        { Classes: 0 } => new FullUpBlock(inputs, outputs, initial),
        _ => new ConditionalFullUpBlock(inputs, outputs, options.LatentSize, initial),
    };

    /// <summary>A 3×3 convolution to twice the channels, which the gate halves again.</summary>
    protected static SpectralLayer GatedConvolution(long inputs, long outputs, InitialWeights initial) =>
        SpectralLayer.Convolution(new ConvolutionShape(inputs, outputs * 2, 3) { Padding = 1 }, initial);

    protected static Tensor Upsample(Tensor map) => functional.interpolate(map, null, Twice, InterpolationMode.Nearest);

    protected static Tensor Gate(Tensor map) => GatedUnit.Apply(map);
    /// <summary>The forward pass without noise as part of a graph.</summary>
    public abstract OnnxValue Export(OnnxGraph graph, OnnxValue map, OnnxValue? condition);
}

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

/// <summary>FastGAN's channels at each resolution, as multiples of the width at 128².</summary>
internal static class FastGanWidths
{
    private static readonly Dictionary<int, double> Multiples = new()
    {
        [4] = 16, [8] = 8, [16] = 4, [32] = 2, [64] = 2, [128] = 1, [256] = 0.5, [512] = 0.25, [1024] = 0.125,
    };

    public static long Channels(int size, int width) => (long)(Multiples[size] * width);
}
