using ProjectedGan.Networks.Layers;
using ProjectedGan.Networks.Onnx;
using ProjectedGan.Tensors;
using TorchSharp.Modules;
using TorchSharp.Utils;
using static ProjectedGan.Tensors.Scalars;
using static TorchSharp.torch;
using static TorchSharp.torch.nn;

namespace ProjectedGan.Networks.Generators.Styles;

/// <summary>A linear layer with equalised learning rate (Karras et al. 2018, section 4.1): weights of deviation one, scaled as they are used.</summary>
internal sealed class EqualizedLinear : Module<Tensor, Tensor>
{
    private readonly double _weightGain;
    private readonly double _biasGain;

    [ComponentName(Name = "weight")]
    private readonly Parameter _weight;

    [ComponentName(Name = "bias")]
    private readonly Parameter _bias;

    /// <param name="inputs">Size of a vector.</param>
    /// <param name="outputs">Size of its image.</param>
    /// <param name="initial">Draws the weights.</param>
    /// <param name="bias">The bias with which the layer begins.</param>
    /// <param name="rate">Factor on the learning rate: parameters are larger by its inverse, and scaled by it as they are used.</param>
    public EqualizedLinear(long inputs, long outputs, InitialWeights initial, double bias = 0, double rate = 1)
        : base(nameof(EqualizedLinear))
    {
        _weightGain = rate / Math.Sqrt(inputs);
        _biasGain = rate;
        var weight = initial.Normal([outputs, inputs]);
        weight.div_(Of(rate));
        _weight = new Parameter(weight, true);
        _bias = new Parameter(full([outputs], Of(bias / rate)), true);
        RegisterComponents();
    }

    /// <param name="input">[N, inputs].</param>
    /// <returns>[N, outputs].</returns>
    public override Tensor forward(Tensor input)
    {
        using var weight = GradientTaps.Of(_weight) * Of(_weightGain);
        using var bias = GradientTaps.Of(_bias) * Of(_biasGain);
        return functional.linear(input, weight, bias);
    }

    /// <summary>The forward pass as part of a graph, times a factor.</summary>
    public OnnxValue Export(OnnxGraph graph, OnnxValue input, double factor = 1)
    {
        using var weight = _weight * Of(_weightGain * factor);
        using var bias = _bias * Of(_biasGain * factor);
        return graph.Linear(input, weight, bias);
    }
}

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

/// <summary>A residual block's way past its layers: a 1×1 convolution without bias to twice the side.</summary>
internal sealed class EqualizedShortcut : Module<Tensor, Tensor>
{
    private readonly double _gain;

    [ComponentName(Name = "weight")]
    private readonly Parameter _weight;

    [ComponentName(Name = "resample_filter")]
    private readonly Tensor _filter = Resampling.Filter();

    public EqualizedShortcut(long inputs, long outputs, InitialWeights initial)
        : base(nameof(EqualizedShortcut))
    {
        _gain = 1 / Math.Sqrt(inputs);
        _weight = new Parameter(initial.Normal([outputs, inputs, 1, 1]), true);
        RegisterComponents();
    }

    /// <param name="map">[N, inputs, H, W].</param>
    /// <returns>[N, outputs, 2H, 2W].</returns>
    public override Tensor forward(Tensor map)
    {
        using var weight = GradientTaps.Of(_weight) * Of(_gain);
        using var mixed = Convolutions.Apply(map, weight, null, new ConvolutionGeometry());
        return Resampling.Double(mixed, _filter);
    }

    /// <summary>The forward pass as part of a graph.</summary>
    public OnnxValue Export(OnnxGraph graph, OnnxValue map)
    {
        using var weight = _weight * Of(_gain);
        return Resampling.ExportDouble(graph, graph.Convolve(map, weight, null, new ConvolutionGeometry()), _filter, _weight.size(0));
    }
}
