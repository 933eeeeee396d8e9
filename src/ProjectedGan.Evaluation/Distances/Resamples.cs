using ProjectedGan.Data.Ordering;
using static TorchSharp.torch;

namespace ProjectedGan.Evaluation.Distances;

/// <summary>Resamples of the generated samples for the bootstrap: as many samples, drawn with replacement.</summary>
internal static class Resamples
{
    // KernelSubset draws from replica 0's stream.
    private const int Stream = 1;

    /// <summary>How often each sample is in each resample, by the seed alone.</summary>
    /// <returns>float32 [resamples, samples] on the CPU; the caller disposes it.</returns>
    public static Tensor Draw(long seed, int resamples, long samples)
    {
        using var scope = NewDisposeScope();
        List<Tensor> drawn = [];
        for (var resample = 0; resample < resamples; resample++)
        {
            KeyedRandom random = new(RandomKey.For(seed, resample, RandomPhase.None, Stream, RandomPurpose.Evaluation));
            var times = new float[samples];
            for (long i = 0; i < samples; i++)
            {
                times[random.NextBelow(samples)]++;
            }

            drawn.Add(tensor(times));
        }

        return stack(drawn, 0).MoveToOuterDisposeScope();
    }

    /// <summary>The rows of one resample, each as often as it was drawn.</summary>
    public static long[] Rows(Tensor draws, int resample)
    {
        using var scope = NewDisposeScope();
        return [.. draws[resample].data<float>().ToArray().SelectMany((times, row) => Enumerable.Repeat((long)row, (int)times))];
    }

    /// <summary>The standard deviation over resamples, at least two.</summary>
    public static double Deviation(IReadOnlyCollection<double> values)
    {
        var mean = values.Average();
        return Math.Sqrt(values.Sum(value => (value - mean) * (value - mean)) / (values.Count - 1));
    }
}

/// <summary>A figure and how far it spreads.</summary>
/// <param name="Value">Of all samples.</param>
/// <param name="StandardDeviation">Over resamples, subsets or splits; null where there are none.</param>
internal readonly record struct Estimate(double Value, double? StandardDeviation = null);

/// <summary>The mean distance between two different samples: it falls when a generator collapses, whatever the real images are.</summary>
internal static class Diversity
{
    /// <summary>Measures features [N, D], N at least 2.</summary>
    /// <param name="features">The features.</param>
    /// <param name="draws">Resamples as <see cref="Resamples.Draw"/> gives them; null for none.</param>
    /// <param name="tiles">How distances are gone through.</param>
    public static Estimate Of(Tensor features, Tensor? draws, DistanceTiles tiles)
    {
        FeatureMatrix.Check(features);
        using var scope = NewDisposeScope();
        var onDevice = draws?.to(features.device).to_type(features.dtype);
        double sum = 0;
        var drawn = draws is null ? null : new double[draws.shape[0]];
        tiles.Visit(features, features, tile =>
        {
            sum += tile.Distances.sum(ScalarType.Float64).item<double>();
            if (drawn is not null)
            {
                // Each pair as often as both of its samples were drawn.
                var products = tile.OfRows(onDevice!, axis: 1).matmul(tile.Distances).mul(tile.OfColumns(onDevice!, axis: 1));
                var sums = products.sum(1, type: ScalarType.Float64).cpu().data<double>().ToArray();
                for (var i = 0; i < drawn.Length; i++)
                {
                    drawn[i] += sums[i];
                }
            }
        });
        var pairs = (double)features.shape[0] * (features.shape[0] - 1);
        return new(sum / pairs, drawn is null ? null : Resamples.Deviation(drawn) / pairs);
    }
}
