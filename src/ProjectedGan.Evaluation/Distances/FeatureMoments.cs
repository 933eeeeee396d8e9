namespace ProjectedGan.Evaluation.Distances;

/// <summary>Count, mean and scatter (the sum of (x − mean)(x − mean)', [D, D] row-major) of a set of samples.</summary>
internal sealed record FeatureMoments(long Count, double[] Mean, double[] Scatter)
{
    /// <summary>
    /// The moments of both sets together (Chan, Golub and LeVeque, 1979), in the arrays of <paramref name="other"/>, which is used up.
    /// </summary>
    public FeatureMoments PlusInto(FeatureMoments other)
    {
        var dimension = Mean.Length;
        var count = Count + other.Count;
        var share = (double)other.Count / count;
        var weight = Count * share;
        var shift = new double[dimension];
        var mean = other.Mean;
        for (var i = 0; i < dimension; i++)
        {
            shift[i] = other.Mean[i] - Mean[i];
            mean[i] = Mean[i] + (shift[i] * share);
        }

        var scatter = other.Scatter;
        for (var i = 0; i < dimension; i++)
        {
            var scaled = shift[i] * weight;
            for (var j = 0; j < dimension; j++)
            {
                var at = (i * dimension) + j;
                scatter[at] = Scatter[at] + scatter[at] + (scaled * shift[j]);
            }
        }

        return new(count, mean, scatter);
    }
}
