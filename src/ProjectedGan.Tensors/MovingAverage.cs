using static TorchSharp.torch;

namespace ProjectedGan.Tensors;

/// <summary>The exponential moving average of parameters (the generator's, for sampling and evaluation).</summary>
public static class MovingAverage
{
    /// <summary>average = beta · average + (1 − beta) · current, in place, element by element.</summary>
    /// <param name="average">Tensor to overwrite.</param>
    /// <param name="current">Newest values, of the same shape, type and device.</param>
    /// <param name="beta">Weight of the old average, in [0, 1]; 0 copies the newest values exactly.</param>
    /// <exception cref="ArgumentOutOfRangeException">beta is out of range.</exception>
    public static void Update(Tensor average, Tensor current, double beta)
    {
        if (!(beta >= 0 && beta <= 1))
        {
            throw new ArgumentOutOfRangeException(nameof(beta), beta, "The weight of the old average must lie between 0 and 1.");
        }

        using var noGrad = no_grad();
        if (beta == 0)
        {
            average.copy_(current);
            return;
        }

        using var weight = tensor(1 - beta, dtype: average.dtype, device: average.device);
        average.lerp_(current, weight);
    }
}
