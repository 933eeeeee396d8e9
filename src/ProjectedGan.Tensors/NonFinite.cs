using static TorchSharp.torch;

namespace ProjectedGan.Tensors;

/// <summary>How many elements of a gradient were not finite.</summary>
/// <param name="NaN">Not a number.</param>
/// <param name="PositiveInfinity">+Inf.</param>
/// <param name="NegativeInfinity">−Inf.</param>
public readonly record struct NonFiniteCounts(long NaN, long PositiveInfinity, long NegativeInfinity)
{
    public long Total => NaN + PositiveInfinity + NegativeInfinity;
}

/// <summary>The treatment that Projected GAN's authors give gradients before Adam: NaN to 0, +Inf to 1e5, −Inf to −1e5.</summary>
public static class NonFinite
{
    private const double Largest = 1e5;

    /// <summary>Replaces in place and counts.</summary>
    /// <param name="gradient">Floating-point tensor of any shape.</param>
    /// <returns>The counts. On CUDA this waits for the device; <see cref="ReplaceDeferred"/> does not.</returns>
    public static NonFiniteCounts Replace(Tensor gradient)
    {
        using var counts = ReplaceDeferred(gradient);
        using var onHost = counts.cpu();
        var values = onHost.data<long>();
        return new NonFiniteCounts(values[0], values[1], values[2]);
    }

    /// <summary>As <see cref="Replace"/>, with the counts left on the tensor's device: nothing waits.</summary>
    /// <returns>int64 [3]: NaN, +Inf, −Inf; the caller disposes it.</returns>
    /// <exception cref="ArgumentException">The tensor is not of a floating-point type.</exception>
    public static Tensor ReplaceDeferred(Tensor gradient)
    {
        if (!gradient.is_floating_point())
        {
            throw new ArgumentException($"Non-finite replacement needs a floating-point tensor, not {gradient.dtype}.", nameof(gradient));
        }

        using var scope = NewDisposeScope();
        using var noGrad = no_grad();
        var counts = stack([gradient.isnan().sum(), gradient.isposinf().sum(), gradient.isneginf().sum()]);
        gradient.nan_to_num_(0, Largest, -Largest);
        return counts.MoveToOuterDisposeScope();
    }
}
