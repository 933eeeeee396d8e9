using ProjectedGan.Networks.Layers;
using ProjectedGan.Networks.Onnx;
using TorchSharp.Modules;
using TorchSharp.Utils;
using static TorchSharp.torch.nn;
using static TorchSharp.torch;

namespace ProjectedGan.Networks.Generators;

/// <summary>Latents to the 4×4 map: transposed convolution, batch normalisation, gated linear unit.</summary>
internal sealed class LatentBlock : Module<Tensor, Tensor>
{
    [ComponentName(Name = "init")]
    private readonly ModuleList<Module<Tensor, Tensor>> _layers;

    public LatentBlock(long latentSize, long channels, InitialWeights initial)
        : base(nameof(LatentBlock))
    {
        _layers = new ModuleList<Module<Tensor, Tensor>>(
            SpectralLayer.TransposedConvolution(new ConvolutionShape(latentSize, channels * 2, 4), initial),
            new BatchNormalization(channels * 2));
        RegisterComponents();
    }

    /// <param name="latents">[N, Z].</param>
    /// <returns>[N, channels, 4, 4].</returns>
    public override Tensor forward(Tensor latents)
    {
        var shape = latents.shape;
        using var pixels = latents.view(shape[0], shape[1], 1, 1);
        using var wide = _layers[0].forward(pixels); // [N, 2 * channels, 4, 4]
        using var normalized = _layers[1].forward(wide);
        return GatedUnit.Apply(normalized);
    }
    /// <summary>The forward pass as part of a graph.</summary>
    public OnnxValue Export(OnnxGraph graph, OnnxValue latents)
    {
        var wide = ((SpectralLayer)_layers[0]).Export(graph, graph.AsMap(latents));
        return graph.Gate(((BatchNormalization)_layers[1]).Export(graph, wide));
    }
}
