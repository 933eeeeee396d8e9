using static TorchSharp.torch;

namespace ProjectedGan.Evaluation.Distances;

/// <summary>The inception score (Salimans et al. 2016): exp of the mean Kullback-Leibler divergence of each sample's class probabilities
/// from the average ones, over consecutive splits of the samples.</summary>
/// <param name="Mean">Mean over the splits; 1 is the least.</param>
/// <param name="StandardDeviation">Population standard deviation over the splits.</param>
public sealed record InceptionScore(double Mean, double StandardDeviation)
{
    /// <summary>The number of splits in use everywhere.</summary>
    public const int DefaultSplits = 10;

    /// <summary>The score of samples whose class probabilities [N, classes] are given; each row sums to 1.</summary>
    /// <param name="probabilities">On the CPU or a GPU, in float32 or float64; logarithms are taken in that type.</param>
    /// <param name="splits">Number of splits.</param>
    /// <exception cref="EvaluationException">There are fewer samples than splits, or a probability is not finite.</exception>
    public static InceptionScore Of(Tensor probabilities, int splits = DefaultSplits)
    {
        ArgumentNullException.ThrowIfNull(probabilities);
        FeatureMatrix.Check(probabilities);
        ArgumentOutOfRangeException.ThrowIfNegativeOrZero(splits);
        var count = probabilities.shape[0];
        if (count < splits)
        {
            throw new EvaluationException($"An inception score of {splits} splits needs at least {splits} samples; there are {count}.");
        }

        double[] scores = [.. Enumerable.Range(0, splits).Select(split => SplitScore(probabilities, split * count / splits, (split + 1) * count / splits))];
        var mean = scores.Average();
        return new(mean, Math.Sqrt(scores.Average(score => (score - mean) * (score - mean))));
    }

    private static double SplitScore(Tensor probabilities, long start, long end)
    {
        using var scope = NewDisposeScope();
        var part = probabilities.narrow(0, start, end - start);
        // A probability that underflowed to 0 contributes nothing; its logarithm would make the product NaN.
        var divergence = part.mul(part.log().sub(part.mean([0], keepdim: true).log())).nan_to_num(0.0);
        return Math.Exp(divergence.sum(1).mean().to_type(ScalarType.Float64).item<double>());
    }
}
