using ProjectedGan.Tensors;
using TorchSharp.Modules;
using static ProjectedGan.Tensors.Scalars;
using static TorchSharp.torch;

namespace ProjectedGan.Networks.Features;

/// <summary>
/// A block of a vision transformer (Dosovitskiy et al. 2021): attention of every token to all, then a perceptron on each, both behind
/// a layer normalisation and added to their input. Not a module: its layers are registered in the network.
/// </summary>
/// <remarks>
/// Attention is written out as products and a softmax: unlike the fused kernels these have the same bits at every run, and gradients of gradients.
/// </remarks>
/// <param name="channels">Length of a token.</param>
/// <param name="heads">Heads of the attention.</param>
/// <param name="epsilon">Of both normalisations.</param>
internal sealed class TransformerBlock(int channels, int heads, double epsilon = FrozenLayerNorm.VisionTransformerEpsilon) : IFeatureBlock
{
    private const int HiddenFactor = 4;

    /// <summary>What is between the layers of the perceptron.</summary>
    public Func<Tensor, Tensor> Activation { get; init; } = values => nn.functional.gelu(values);

    public FrozenLayerNorm FirstNorm { get; } = new(channels, epsilon);

    /// <summary>Queries, keys and values of all heads, one after another.</summary>
    public FrozenLinear Projections { get; } = new(channels, 3 * channels);

    public FrozenLinear Output { get; } = new(channels, channels);

    public FrozenLayerNorm SecondNorm { get; } = new(channels, epsilon);

    public FrozenLinear Widen { get; } = new(channels, HiddenFactor * channels);

    public FrozenLinear Narrow { get; } = new(HiddenFactor * channels, channels);

    /// <summary>[N, tokens, channels] to the same shape.</summary>
    public Tensor Forward(Tensor input)
    {
        using var scope = NewDisposeScope();
        // Not in place: the normalisation's backward pass reads its input.
        var attended = input.Plus(Attend(FirstNorm.Forward(input)));
        var hidden = Activation(Widen.Forward(SecondNorm.Forward(attended)));
        return Narrow.Forward(hidden).AddInPlace(attended).MoveToOuterDisposeScope();
    }

    private Tensor Attend(Tensor input)
    {
        var (samples, tokens, size) = (input.size(0), input.size(1), channels / heads);
        var parts = Projections.Forward(input).view(samples, tokens, 3, heads, size).permute(2, 0, 3, 1, 4); // [3, N, heads, tokens, size]
        var queries = parts.select(0, 0).mul(Of(1 / Math.Sqrt(size)));
        var weights = queries.matmul(parts.select(0, 1).transpose(2, 3)).softmax(-1); // [N, heads, tokens, tokens]
        var mixed = weights.matmul(parts.select(0, 2)).transpose(1, 2); // [N, tokens, heads, size]
        return Output.Forward(mixed.reshape(samples, tokens, channels));
    }
}

/// <summary>A layer normalisation of the last axis that is not trained: <c>weight</c> and <c>bias</c> [channels].</summary>
internal sealed class FrozenLayerNorm : nn.Module
{
    /// <summary>The epsilon of the published vision transformers.</summary>
    public const double VisionTransformerEpsilon = 1e-6;

    private readonly double _epsilon;

    public FrozenLayerNorm(int channels, double epsilon)
        : base(nameof(FrozenLayerNorm))
    {
        _epsilon = epsilon;
        register_parameter("weight", new Parameter(ones([channels]), requires_grad: false));
        register_parameter("bias", new Parameter(zeros([channels]), requires_grad: false));
    }

    public Tensor Forward(Tensor input)
    {
        var weight = get_parameter("weight")!;
        return nn.functional.layer_norm(input, weight.shape, weight, get_parameter("bias"), _epsilon);
    }
}

/// <summary>A fully connected layer that is not trained: <c>weight</c> [outputs, inputs] and <c>bias</c> [outputs].</summary>
internal sealed class FrozenLinear : nn.Module
{
    public FrozenLinear(int inputs, int outputs)
        : base(nameof(FrozenLinear))
    {
        register_parameter("weight", new Parameter(zeros([outputs, inputs]), requires_grad: false));
        register_parameter("bias", new Parameter(zeros([outputs]), requires_grad: false));
    }

    public Parameter Weight => get_parameter("weight")!;

    public Parameter Bias => get_parameter("bias")!;

    public Tensor Forward(Tensor input) => nn.functional.linear(input, Weight, Bias);
}

/// <summary>Turns every patch of an image into a vector: a convolution whose stride is its kernel, with bias, not trained.</summary>
internal sealed class PatchEmbedding : nn.Module
{
    private readonly int _side;

    /// <param name="side">Pixels of a patch's side.</param>
    /// <param name="channels">Length of the vectors.</param>
    public PatchEmbedding(int side, int channels)
        : base(nameof(PatchEmbedding))
    {
        _side = side;
        register_parameter("weight", new Parameter(zeros([channels, 3, side, side]), requires_grad: false));
        register_parameter("bias", new Parameter(zeros([channels]), requires_grad: false));
    }

    /// <summary>[N, 3, H, W] to [N, channels, H / side, W / side].</summary>
    public Tensor Forward(Tensor images) =>
        Convolutions.Apply(images, get_parameter("weight")!, get_parameter("bias"), new ConvolutionGeometry(Stride: _side));
}
