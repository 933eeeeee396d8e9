using ProjectedGan.Networks.Layers;
using TorchSharp.Modules;
using TorchSharp.Utils;
using static ProjectedGan.Tensors.Scalars;
using static TorchSharp.torch;
using static TorchSharp.torch.nn;

namespace ProjectedGan.Networks.Discriminators;

/// <summary>A <see cref="DownBlock"/> followed by a 1×1 convolution with batch normalisation and LeakyReLU.</summary>
internal sealed class PatchDownBlock : Module<Tensor, Tensor>
{
    [ComponentName(Name = "main")]
    private readonly ModuleList<Module<Tensor, Tensor>> _layers;

    public PatchDownBlock(int inputs, int outputs, bool separable, InitialWeights initial)
        : base(nameof(PatchDownBlock))
    {
        _layers = new ModuleList<Module<Tensor, Tensor>>(
            new DownBlock(inputs, outputs, separable, initial),
            SpectralLayer.Convolution(new ConvolutionShape(outputs, outputs, 1), initial),
            new BatchNormalization(outputs));
        RegisterComponents();
    }

    /// <param name="input">[N, inputs, H, W].</param>
    /// <returns>[N, outputs, H/2, W/2].</returns>
    public override Tensor forward(Tensor input)
    {
        using var halved = _layers[0].forward(input);
        using var mixed = _layers[1].forward(halved);
        using var normalized = _layers[2].forward(mixed);
        return normalized.leaky_relu(Of(DownBlock.NegativeSlope));
    }
}
