using ProjectedGan.Networks.Layers;
using ProjectedGan.Networks.Noise;
using ProjectedGan.Networks.Onnx;
using ProjectedGan.Tensors;
using TorchSharp.Modules;
using TorchSharp.Utils;
using static ProjectedGan.Tensors.Scalars;
using static TorchSharp.torch;
using static TorchSharp.torch.nn;

namespace ProjectedGan.Networks.Generators.Styles;

/// <summary>A layer of the synthesis network: modulated 3×3 convolution, noise, bias, activation (Karras et al. 2020, figure 2).</summary>
internal sealed class StyledConvolution : Module
{
    private const int Kernel = 3;

    private readonly int _side;
    private readonly bool _doubles;

    [ComponentName(Name = "weight")]
    private readonly Parameter _weight;

    [ComponentName(Name = "noise_strength")]
    private readonly Parameter _noiseStrength = new(zeros([]), true);

    [ComponentName(Name = "bias")]
    private readonly Parameter _bias;

    [ComponentName(Name = "resample_filter")]
    private readonly Tensor _filter = Resampling.Filter();

    [ComponentName(Name = "noise_const")]
    private readonly Tensor _storedNoise;

    [ComponentName(Name = "affine")]
    private readonly EqualizedLinear _affine;

    /// <param name="inputs">Channels of the map.</param>
    /// <param name="outputs">Channels of the result.</param>
    /// <param name="styleSize">Size W of a style.</param>
    /// <param name="side">Side of the result, in pixels.</param>
    /// <param name="doubles">Whether the map has half that side.</param>
    /// <param name="initial">Draws the weights.</param>
    public StyledConvolution(long inputs, long outputs, long styleSize, int side, bool doubles, InitialWeights initial)
        : base(nameof(StyledConvolution))
    {
        (_side, _doubles) = (side, doubles);
        _affine = new EqualizedLinear(styleSize, inputs, initial, bias: 1);
        _weight = new Parameter(initial.Normal([outputs, inputs, Kernel, Kernel]), true);
        _storedNoise = initial.Normal([side, side]);
        _bias = new Parameter(zeros([outputs]), true);
        RegisterComponents();
    }

    /// <param name="map">[N, inputs, H, W].</param>
    /// <param name="style">[N, W].</param>
    /// <param name="noise">Draws [N, 1, side, side]; null for none.</param>
    /// <param name="gain">Factor on the result.</param>
    /// <returns>[N, outputs, side, side].</returns>
    public Tensor Forward(Tensor map, Tensor style, INoiseSource? noise, double gain = 1)
    {
        using var linear = Linear(map, style, noise);
        return StyleActivation.ApplyBounded(linear, gain);
    }

    /// <summary>The layer before its activation; see <see cref="Forward"/>.</summary>
    public Tensor Linear(Tensor map, Tensor style, INoiseSource? noise)
    {
        using var scope = NewDisposeScope();
        var weight = GradientTaps.Of(_weight);
        var factors = _affine.forward(style); // [N, inputs]
        var convolved = ModulatedConvolution.Apply(map, weight, factors, _doubles ? _filter : null);
        var result = convolved * ModulatedConvolution.Demodulation(weight, factors);
        if (noise is not null)
        {
            var plane = noise is StoredNoise ? _storedNoise : noise.Draw([result.size(0), 1, _side, _side], result.dtype, result.device);
            result = result.Plus(plane * GradientTaps.Of(_noiseStrength));
        }

        return result.Plus(GradientTaps.Of(_bias).view(1, -1, 1, 1)).MoveToOuterDisposeScope();
    }

    /// <summary><see cref="Forward"/> as part of a graph.</summary>
    /// <param name="graph">Takes it.</param>
    /// <param name="map">[N, inputs, H, W].</param>
    /// <param name="style">[N, W].</param>
    /// <param name="storedNoise">Whether the layer's own noise is injected; none is otherwise.</param>
    /// <param name="gain">Factor on the result.</param>
    public OnnxValue Export(OnnxGraph graph, OnnxValue map, OnnxValue style, bool storedNoise, double gain = 1) =>
        StyleActivation.ExportBound(graph, StyleActivation.Export(graph, ExportLinear(graph, map, style, storedNoise), gain), gain);

    /// <summary><see cref="Linear"/> as part of a graph; see <see cref="Export"/>.</summary>
    public OnnxValue ExportLinear(OnnxGraph graph, OnnxValue map, OnnxValue style, bool storedNoise)
    {
        var factors = _affine.Export(graph, style);
        var convolved = ModulatedConvolution.Export(graph, map, _weight, factors, _doubles ? _filter : null);
        var result = graph.Multiply(convolved, ModulatedConvolution.ExportDemodulation(graph, _weight, factors));
        if (storedNoise)
        {
            using var plane = _storedNoise * _noiseStrength;
            result = graph.Add(result, graph.Constant(plane));
        }

        using var bias = _bias.view(-1, 1, 1);
        return graph.Add(result, graph.Constant(bias));
    }
}

/// <summary>StyleGAN2's leaky ReLU, scaled so that it keeps the deviation of what passes it.</summary>
internal static class StyleActivation
{
    private const double Slope = 0.2;

    // Keeps bfloat16 and half precision in range; far above what a trained network has.
    private const double MostMagnitude = 256;

    public static Tensor Apply(Tensor input, double gain = 1)
    {
        using var active = input.leaky_relu(Of(Slope));
        return active * Of(Math.Sqrt(2) * gain);
    }

    /// <summary>The activation of a map, whose values are bounded besides.</summary>
    public static Tensor ApplyBounded(Tensor map, double gain)
    {
        using var active = Apply(map, gain);
        return Bound(active, gain);
    }

    public static Tensor Bound(Tensor map, double gain = 1) => map.clamp(Of(-MostMagnitude * gain), Of(MostMagnitude * gain));

    /// <summary><see cref="Apply"/> as part of a graph.</summary>
    public static OnnxValue Export(OnnxGraph graph, OnnxValue input, double gain = 1) =>
        graph.Multiply(graph.LeakyRelu(input, Slope), Math.Sqrt(2) * gain);

    /// <summary><see cref="Bound"/> as part of a graph.</summary>
    public static OnnxValue ExportBound(OnnxGraph graph, OnnxValue map, double gain = 1) => graph.Clamp(map, MostMagnitude * gain);
}
