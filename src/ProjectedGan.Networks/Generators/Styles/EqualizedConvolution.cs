using ProjectedGan.Networks.Layers;
using ProjectedGan.Tensors;
using TorchSharp.Modules;
using TorchSharp.Utils;
using static ProjectedGan.Tensors.Scalars;
using static TorchSharp.torch;
using static TorchSharp.torch.nn;

namespace ProjectedGan.Networks.Generators.Styles;

/// <summary>A convolution with equalised learning rate (see <see cref="EqualizedLinear"/>), to the same side or, smoothed first, to half of it.</summary>
internal sealed class EqualizedConvolution : Module<Tensor, Tensor>
{
    private readonly double _gain;
    private readonly bool _halves;

    [ComponentName(Name = "weight")]
    private readonly Parameter _weight;

    [ComponentName(Name = "bias")]
    private readonly Parameter? _bias;

    [ComponentName(Name = "resample_filter")]
    private readonly Tensor _filter = Resampling.Filter();

    /// <param name="inputs">Channels of the map.</param>
    /// <param name="outputs">Channels of the result.</param>
    /// <param name="kernel">1 or 3.</param>
    /// <param name="initial">Draws the weights; the bias begins with zero.</param>
    /// <param name="halves">Whether the result has half the side.</param>
    /// <param name="biased">Whether there is a bias.</param>
    public EqualizedConvolution(long inputs, long outputs, int kernel, InitialWeights initial, bool halves = false, bool biased = true)
        : base(nameof(EqualizedConvolution))
    {
        (_gain, _halves) = (1 / Math.Sqrt(inputs * kernel * kernel), halves);
        _weight = new Parameter(initial.Normal([outputs, inputs, kernel, kernel]), true);
        _bias = biased ? new Parameter(zeros([outputs]), true) : null;
        RegisterComponents();
    }

    /// <param name="map">[N, inputs, H, W].</param>
    /// <returns>[N, outputs, H, W], or [N, outputs, H/2, W/2].</returns>
    public override Tensor forward(Tensor map)
    {
        using var scope = NewDisposeScope();
        var weight = GradientTaps.Of(_weight) * Of(_gain);
        var bias = _bias is null ? null : GradientTaps.Of(_bias);
        if (!_halves)
        {
            var padding = weight.size(2) / 2;
            return Convolutions.Apply(map, weight, bias, new ConvolutionGeometry(Rows: padding, Columns: padding)).MoveToOuterDisposeScope();
        }

        var (smooth, stride) = weight.size(2) == 1 ? (Resampling.Halve(map, _filter), 1) : (Resampling.SmoothWide(map, _filter), 2);
        return Convolutions.Apply(smooth, weight, bias, new ConvolutionGeometry(Stride: stride)).MoveToOuterDisposeScope();
    }
}
