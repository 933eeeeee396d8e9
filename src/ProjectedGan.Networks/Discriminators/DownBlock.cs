using ProjectedGan.Networks.Layers;
using TorchSharp.Modules;
using TorchSharp.Utils;
using static ProjectedGan.Tensors.Scalars;
using static TorchSharp.torch;
using static TorchSharp.torch.nn;

namespace ProjectedGan.Networks.Discriminators;

/// <summary>
/// Halves a map: convolution, batch normalisation, LeakyReLU. Plain: 4×4, stride 2, with a bias that the normalisation cancels
/// in training (kept for the reference's state_dict). Separable: 3×3 depthwise and 1×1, then average pooling.
/// </summary>
internal sealed class DownBlock : Module<Tensor, Tensor>
{
    public const double NegativeSlope = 0.2;

    private readonly bool _separable;

    [ComponentName(Name = "main")]
    private readonly ModuleList<Module<Tensor, Tensor>> _layers;

    public DownBlock(int inputs, int outputs, bool separable, InitialWeights initial)
        : base(nameof(DownBlock))
    {
        _separable = separable;
        _layers = new ModuleList<Module<Tensor, Tensor>>(
            separable
                ? new SeparableConvolution(inputs, outputs, initial)
                : SpectralLayer.Convolution(new ConvolutionShape(inputs, outputs, 4) { Stride = 2, Padding = 1, Bias = true }, initial),
            new BatchNormalization(outputs));
        RegisterComponents();
    }

    /// <param name="input">[N, inputs, H, W].</param>
    /// <returns>[N, outputs, H/2, W/2].</returns>
    public override Tensor forward(Tensor input)
    {
        using var convolved = _layers[0].forward(input);
        using var normalized = _layers[1].forward(convolved);
        var active = normalized.leaky_relu(Of(NegativeSlope));
        if (!_separable)
        {
            return active;
        }

        using (active)
        {
            return functional.avg_pool2d(active, 2);
        }
    }
}

/// <summary>A 3×3 depthwise and a 1×1 convolution, both spectrally normalised, without bias.</summary>
internal sealed class SeparableConvolution : Module<Tensor, Tensor>
{
    [ComponentName(Name = "depthwise")]
    private readonly SpectralLayer _depthwise;

    [ComponentName(Name = "pointwise")]
    private readonly SpectralLayer _pointwise;

    public SeparableConvolution(int inputs, int outputs, InitialWeights initial)
        : base(nameof(SeparableConvolution))
    {
        _depthwise = SpectralLayer.Convolution(new ConvolutionShape(inputs, inputs, 3) { Padding = 1, Groups = inputs }, initial);
        _pointwise = SpectralLayer.Convolution(new ConvolutionShape(inputs, outputs, 1), initial);
        RegisterComponents();
    }

    /// <param name="input">[N, inputs, H, W].</param>
    /// <returns>[N, outputs, H, W].</returns>
    public override Tensor forward(Tensor input)
    {
        using var filtered = _depthwise.forward(input);
        return _pointwise.forward(filtered);
    }
}

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
