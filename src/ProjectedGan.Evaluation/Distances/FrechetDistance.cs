using TorchSharp;
using static TorchSharp.torch;

namespace ProjectedGan.Evaluation.Distances;

/// <summary>
/// The squared Fréchet distance of two Gaussians, |μ₁ − μ₂|² + tr Σ₁ + tr Σ₂ − 2 tr √(Σ₁Σ₂) (Dowson and Landau 1982; FID in Heusel et al. 2017).
/// </summary>
/// <remarks>
/// With Σᵢ = Fᵢ'Fᵢ, tr √(Σ₁Σ₂) is the sum of the singular values of F₁F₂'. Unlike a general matrix square root this never turns complex,
/// is symmetric in its arguments, and stays exact when there are fewer samples than dimensions. Two cores need 3 s at D = 2048 and
/// many samples, and 0.02 s for 1,000 samples against 238.
/// Differs from the reference: that one takes SciPy's sqrtm of Σ₁Σ₂, which is off by 4e-7 on singular covariances.
/// </remarks>
public static class FrechetDistance
{
    /// <summary>The distance between two sets of features; never negative.</summary>
    /// <exception cref="ArgumentException">The dimensions differ.</exception>
    /// <exception cref="InvalidOperationException">A set has too few samples.</exception>
    public static double Between(FeatureStatistics first, FeatureStatistics second, CovarianceDivisor divisor = CovarianceDivisor.Count)
    {
        ArgumentNullException.ThrowIfNull(first);
        ArgumentNullException.ThrowIfNull(second);
        if (first.Dimension != second.Dimension)
        {
            throw new ArgumentException($"Features of dimensions {first.Dimension} and {second.Dimension} cannot be compared.", nameof(second));
        }

        using var scope = NewDisposeScope();
        var firstFactor = first.CovarianceFactor(divisor);
        var secondFactor = second.CovarianceFactor(divisor);
        var traces = SumOfSquares(firstFactor) + SumOfSquares(secondFactor);
        return Math.Max(0, SquaredDistance(first.Mean(), second.Mean()) + traces - (2 * TraceOfRoot(firstFactor, secondFactor)));
    }

    /// <summary>tr √(Σ₁Σ₂) from factors F₁ [R₁, D] and F₂ [R₂, D] in float64.</summary>
    internal static double TraceOfRoot(Tensor firstFactor, Tensor secondFactor)
    {
        using var scope = NewDisposeScope();
        return linalg.svdvals(firstFactor.matmul(secondFactor.t())).sum().item<double>();
    }

    private static double SumOfSquares(Tensor factor)
    {
        using var scope = NewDisposeScope();
        return (factor * factor).sum().item<double>();
    }

    private static double SquaredDistance(IReadOnlyList<double> first, IReadOnlyList<double> second)
    {
        double sum = 0;
        for (var i = 0; i < first.Count; i++)
        {
            sum += (first[i] - second[i]) * (first[i] - second[i]);
        }

        return sum;
    }
}

/// <summary>A factor of a symmetric positive semi-definite matrix.</summary>
internal static class SymmetricFactor
{
    private const double MachineEpsilon = 2.220446049250313e-16;

    /// <summary>F [D, D] with F'F = <paramref name="matrix"/> [D, D] in float64; the caller disposes it.</summary>
    /// <remarks>From the eigenvectors, without eigenvalues that are only rounding noise: the square root would lift noise of 1e-16
    /// to 1e-8. At D = 2048 two cores need 0.9 s.</remarks>
    public static Tensor Of(Tensor matrix)
    {
        using var scope = NewDisposeScope();
        var (values, vectors) = linalg.eigh(matrix);
        using var noise = (matrix.shape[0] * MachineEpsilon * values.max().item<double>()).ToScalar();
        var roots = values.mul(values.gt(noise).to_type(ScalarType.Float64)).sqrt();
        return vectors.mul(roots).t().MoveToOuterDisposeScope();
    }
}
