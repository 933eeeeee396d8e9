using ProjectedGan.Tensors;
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
