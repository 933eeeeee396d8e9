using ProjectedGan.Networks.Layers;
using TorchSharp.Utils;
using static TorchSharp.torch;
using static TorchSharp.torch.nn;

namespace ProjectedGan.Networks.Discriminators;

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
