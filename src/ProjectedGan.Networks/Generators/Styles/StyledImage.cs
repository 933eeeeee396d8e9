using ProjectedGan.Networks.Layers;
using ProjectedGan.Torch;
using TorchSharp.Modules;
using TorchSharp.Utils;
using static ProjectedGan.Torch.Scalars;
using static TorchSharp.torch;
using static TorchSharp.torch.nn;

namespace ProjectedGan.Networks.Generators.Styles;

/// <summary>A map to the three channels of an image: a modulated 1×1 convolution without demodulation, and a bias.</summary>
internal sealed class StyledImage : Module<Tensor, Tensor, Tensor>
{
    private const int ImageChannels = 3;

    private readonly double _gain;

    [ComponentName(Name = "weight")]
    private readonly Parameter _weight;

    [ComponentName(Name = "bias")]
    private readonly Parameter _bias = new(zeros([ImageChannels]), true);

    [ComponentName(Name = "affine")]
    private readonly EqualizedLinear _affine;

    public StyledImage(long inputs, long styleSize, InitialWeights initial)
        : base(nameof(StyledImage))
    {
        _gain = 1 / Math.Sqrt(inputs);
        _affine = new EqualizedLinear(styleSize, inputs, initial, bias: 1);
        _weight = new Parameter(initial.Normal([ImageChannels, inputs, 1, 1]), true);
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
}
