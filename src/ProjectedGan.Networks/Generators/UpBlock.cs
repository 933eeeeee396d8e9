using ProjectedGan.Networks.Layers;
using ProjectedGan.Networks.Noise;
using ProjectedGan.Networks.Onnx;
using static TorchSharp.torch.nn;
using static TorchSharp.torch;

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
