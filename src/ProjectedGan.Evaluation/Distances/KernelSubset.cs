using ProjectedGan.Data.Ordering;

namespace ProjectedGan.Evaluation.Distances;

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
