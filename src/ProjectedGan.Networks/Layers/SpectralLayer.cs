using ProjectedGan.Networks.Onnx;
using ProjectedGan.Tensors;
using TorchSharp.Modules;
using TorchSharp.Utils;
using static TorchSharp.torch;
using static TorchSharp.torch.nn;

namespace ProjectedGan.Networks.Layers;

/// <summary>
/// A convolution, transposed convolution or linear layer whose weight is divided by its spectral norm estimate u'Wv (Miyato et
/// al. 2018, equations 8 and 9). State: <c>weight_orig</c>, <c>weight_u</c>, <c>weight_v</c> and, where there is one, <c>bias</c>.
/// </summary>
/// <remarks>
/// The estimate takes part in the gradient, u and v do not. Differs from <c>torch.nn.utils.spectral_norm</c>: a forward pass in
/// training mode does not iterate; see <see cref="ISpectrallyNormalized"/>.
/// </remarks>
public sealed class SpectralLayer : Module<Tensor, Tensor>, ISpectrallyNormalized
{
    // Null for a linear layer.
    private readonly ConvolutionGeometry? _geometry;
    private readonly int _rowAxis;

    [ComponentName(Name = "bias")]
    private readonly Parameter? _bias;

    [ComponentName(Name = "weight_orig")]
    private readonly Parameter _weight;

    [ComponentName(Name = "weight_u")]
    private readonly Tensor _left;

    [ComponentName(Name = "weight_v")]
    private readonly Tensor _right;

    private SpectralLayer(string name, WeightShape shape, ConvolutionGeometry? geometry, InitialWeights initial)
        : base(name)
    {
        _geometry = geometry;
        _rowAxis = shape.RowAxis;
        _weight = initial.Weight(shape.Sizes, shape.FanIn);
        _bias = shape.Bias ? initial.Bias(shape.Rows, shape.FanIn) : null;
        _left = initial.UnitVector(shape.Rows);
        _right = initial.UnitVector(shape.Sizes.Aggregate(1L, (a, b) => a * b) / shape.Rows);
        RegisterComponents();
    }

    /// <summary>Maps [N, Inputs, H, W] to [N, Outputs, H', W'].</summary>
    public static SpectralLayer Convolution(ConvolutionShape shape, InitialWeights initial)
    {
        ArgumentNullException.ThrowIfNull(shape);
        ArgumentNullException.ThrowIfNull(initial);
        var geometry = new ConvolutionGeometry(shape.Stride, shape.Padding, shape.Padding, shape.Groups);
        var inputs = shape.Inputs / shape.Groups;
        return new SpectralLayer(
            nameof(Convolution),
            new WeightShape([shape.Outputs, inputs, shape.Kernel, shape.Kernel], 0, inputs * shape.Kernel * shape.Kernel, shape.Bias),
            geometry,
            initial);
    }

    /// <summary>Maps [N, Inputs, H, W] to [N, Outputs, H', W'] by the transposed convolution, without groups.</summary>
    public static SpectralLayer TransposedConvolution(ConvolutionShape shape, InitialWeights initial)
    {
        ArgumentNullException.ThrowIfNull(shape);
        ArgumentNullException.ThrowIfNull(initial);
        var geometry = new ConvolutionGeometry(shape.Stride, shape.Padding, shape.Padding, Transposed: true);
        return new SpectralLayer(
            nameof(TransposedConvolution),
            new WeightShape(
                [shape.Inputs, shape.Outputs, shape.Kernel, shape.Kernel], 1, shape.Outputs * shape.Kernel * shape.Kernel, shape.Bias),
            geometry,
            initial);
    }

    /// <summary>Maps [N, inputs] to [N, outputs], with bias.</summary>
    public static SpectralLayer Linear(long inputs, long outputs, InitialWeights initial)
    {
        ArgumentNullException.ThrowIfNull(initial);
        return new SpectralLayer(nameof(Linear), new WeightShape([outputs, inputs], 0, inputs, Bias: true), geometry: null, initial);
    }

    public override Tensor forward(Tensor input)
    {
        using var weight = SpectralNorm.Normalize(GradientTaps.Of(_weight), _left, _right, _rowAxis);
        var bias = _bias is null ? null : GradientTaps.Of(_bias);
        return _geometry is null ? functional.linear(input, weight, bias) : Convolutions.Apply(input, weight, bias, _geometry);
    }

    /// <summary>The forward pass as part of a graph.</summary>
    internal OnnxValue Export(OnnxGraph graph, OnnxValue input)
    {
        using var weight = SpectralNorm.Normalize(_weight, _left, _right, _rowAxis);
        return _geometry is null ? graph.Linear(input, weight, _bias) : graph.Convolve(input, weight, _bias, _geometry);
    }

    public void PowerIterate() => SpectralNorm.PowerIterate(_weight, _left, _right, _rowAxis);

    private sealed record WeightShape(long[] Sizes, int RowAxis, long FanIn, bool Bias)
    {
        public long Rows => Sizes[RowAxis];
    }
}

/// <summary>
/// A module whose weights are divided by an estimate of their spectral norm (Miyato et al. 2018). A forward pass, in training
/// mode too, uses the estimate as it is; only <see cref="PowerIterate"/> moves it, so that the replicas of a run share one
/// iteration a phase.
/// </summary>
public interface ISpectrallyNormalized
{
    /// <summary>One power iteration, in place, of each weight that the module's forward pass uses.</summary>
    void PowerIterate();
}

/// <summary>Power iteration over a whole network.</summary>
public static class SpectralNormalization
{
    /// <summary>
    /// One power iteration of every spectrally normalised weight that the network's forward pass uses. The reference does this
    /// inside each training-mode forward pass; the caller does it here, once before each.
    /// </summary>
    /// <remarks>
    /// Weights that exist for the reference's state_dict but are skipped at the network's resolution do not move, as there.
    /// Not thread-safe against forward passes of the same network.
    /// </remarks>
    public static void PowerIterate(Module network)
    {
        ArgumentNullException.ThrowIfNull(network);
        if (network is ISpectrallyNormalized normalized)
        {
            normalized.PowerIterate();
            return;
        }

        foreach (var (_, child) in network.named_children())
        {
            PowerIterate(child);
        }
    }
}

/// <summary>The geometry of a square two-dimensional convolution.</summary>
/// <param name="Inputs">Input channels.</param>
/// <param name="Outputs">Output channels.</param>
/// <param name="Kernel">Side of the kernel.</param>
public sealed record ConvolutionShape(long Inputs, long Outputs, int Kernel)
{
    public int Stride { get; init; } = 1;

    /// <summary>Zeros added on each side.</summary>
    public int Padding { get; init; }

    public long Groups { get; init; } = 1;

    public bool Bias { get; init; }
}

/// <summary>Shape checks at module boundaries; libtorch reports some mistakes late, or by ending the process.</summary>
public static class ShapeGuard
{
    /// <summary>Accepts any size on an axis.</summary>
    public const long Any = -1;

    /// <param name="module">The module that checks, for the message.</param>
    /// <param name="argument">The argument's name, for the message.</param>
    /// <param name="tensor">The argument.</param>
    /// <param name="expected">The size of each axis, <see cref="Any"/> where free.</param>
    /// <exception cref="ArgumentException">The tensor has another number of axes or another size.</exception>
    public static void Check(string module, string argument, Tensor tensor, params ReadOnlySpan<long> expected)
    {
        ArgumentNullException.ThrowIfNull(tensor, argument);
        var shape = tensor.shape;
        if (shape.Length != expected.Length)
        {
            throw new ArgumentException(
                $"{module}: {argument} has {shape.Length} axes [{string.Join(", ", shape)}]; expected {expected.Length}.");
        }

        for (var axis = 0; axis < shape.Length; axis++)
        {
            if (expected[axis] != Any && expected[axis] != shape[axis])
            {
                throw new ArgumentException($"{module}: {argument} has size {shape[axis]} on axis {axis}; expected {expected[axis]}.");
            }
        }
    }
}
