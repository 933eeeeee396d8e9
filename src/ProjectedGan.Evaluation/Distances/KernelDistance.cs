using ProjectedGan.Data.Ordering;
using ProjectedGan.Tensors;
using static ProjectedGan.Tensors.Scalars;
using static TorchSharp.torch;

namespace ProjectedGan.Evaluation.Distances;

/// <summary>
/// The kernel distance KID (Bińkowski et al. 2018): the unbiased squared maximum mean discrepancy under the kernel (x·y/D + 1)³,
/// averaged over random subsets. Near 0 for equal distributions, where it can be negative.
/// </summary>
public static class KernelDistance
{
    /// <summary>The distance over subsets drawn as <paramref name="options"/> say, and its standard deviation over them.</summary>
    /// <param name="generated">Features [N, D].</param>
    /// <param name="real">Features [M, D] of the same type, which is also the type of the arithmetic.</param>
    /// <param name="options">The subsets.</param>
    /// <exception cref="EvaluationException">A set has fewer than two samples, or a feature is not finite.</exception>
    public static (double Mean, double StandardDeviation) Between(Tensor generated, Tensor real, KernelDistanceOptions options)
    {
        FeatureMatrix.CheckPair(generated, real);
        if (generated.shape[0] < 2 || real.shape[0] < 2)
        {
            throw new EvaluationException(
                $"A kernel distance needs at least 2 samples of each kind; there are {generated.shape[0]} generated and {real.shape[0]} real ones.");
        }

        var subsets = KernelSubset.Draw(generated.shape[0], real.shape[0], options);
        double[] distances = [.. subsets.Select(subset => Discrepancy(generated, real, subset))];
        var mean = distances.Average();
        return (mean, Math.Sqrt(distances.Average(distance => (distance - mean) * (distance - mean))));
    }

    /// <summary>The distance over given subsets, each with at least two samples of each kind.</summary>
    public static double Between(Tensor generated, Tensor real, IReadOnlyList<KernelSubset> subsets)
    {
        FeatureMatrix.CheckPair(generated, real);
        ArgumentNullException.ThrowIfNull(subsets);
        ArgumentOutOfRangeException.ThrowIfZero(subsets.Count);
        return subsets.Average(subset => Discrepancy(generated, real, subset));
    }

    private static double Discrepancy(Tensor generated, Tensor real, KernelSubset subset)
    {
        using var scope = NewDisposeScope();
        var x = generated.index_select(0, tensor(subset.Generated.ToArray(), device: generated.device));
        var y = real.index_select(0, tensor(subset.Real.ToArray(), device: real.device));
        double size = subset.Generated.Count;
        var within = Kernel(x, x).Plus(Kernel(y, y));
        var withinSum = within.sum().sub(within.diagonal().sum()).to_type(ScalarType.Float64).item<double>();
        var betweenSum = Kernel(x, y).sum().to_type(ScalarType.Float64).item<double>();
        return ((withinSum / (size - 1)) - (betweenSum * 2 / size)) / size;
    }

    private static Tensor Kernel(Tensor x, Tensor y) => x.matmul(y.t()).div(Of((double)x.shape[1])).Plus(Of(1.0)).pow(Of(3.0));
}

/// <summary>Which subsets a kernel distance averages over; the defaults are the reference's.</summary>
public sealed record KernelDistanceOptions
{
    /// <summary>Number of subsets, at least 1.</summary>
    public int Subsets { get; init; } = 100;

    /// <summary>Largest number of samples of each kind in a subset, at least 2; a smaller set is used whole.</summary>
    public int SubsetSize { get; init; } = 1000;

    /// <summary>Seed of the drawing of subsets.</summary>
    public long Seed { get; init; }
}

/// <summary>The rows of one subset of a kernel distance: as many generated as real ones.</summary>
public sealed record KernelSubset(IReadOnlyList<long> Generated, IReadOnlyList<long> Real)
{
    /// <summary>Draws subsets without repetition inside each, from a generator of its own that depends on the seed alone.</summary>
    /// <param name="generated">How many generated samples there are.</param>
    /// <param name="real">How many real samples there are.</param>
    /// <param name="options">How many subsets, their size and the seed.</param>
    public static IReadOnlyList<KernelSubset> Draw(long generated, long real, KernelDistanceOptions options)
    {
        ArgumentNullException.ThrowIfNull(options);
        var size = (int)Math.Min(Math.Min(generated, real), options.SubsetSize);
        KeyedRandom random = new(RandomKey.ForRun(options.Seed, RandomPurpose.Evaluation));
        return [.. Enumerable.Range(0, options.Subsets).Select(_ => new KernelSubset(Choose(random, generated, size), Choose(random, real, size)))];
    }

    // Floyd's algorithm: `size` distinct indices without a list of all of them.
    private static long[] Choose(KeyedRandom random, long count, int size)
    {
        HashSet<long> chosen = [];
        for (var top = count - size; top < count; top++)
        {
            var drawn = random.NextBelow(top + 1);
            if (!chosen.Add(drawn))
            {
                chosen.Add(top);
            }
        }

        return [.. chosen.Order()];
    }
}
