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
