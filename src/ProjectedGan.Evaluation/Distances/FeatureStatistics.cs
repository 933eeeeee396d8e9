using ProjectedGan.Foundation;
using ProjectedGan.Weights.Sources;
using TorchSharp;
using static TorchSharp.torch;

namespace ProjectedGan.Evaluation.Distances;

/// <summary>
/// Mean and covariance of feature vectors in float64, gathered batch by batch and merged over machines. Not thread-safe.
/// </summary>
/// <remarks>
/// The first D rows are kept as they are: a covariance of fewer samples than dimensions is singular, and its factor is exact only
/// when it comes from the samples themselves. Beyond D rows, blocks of exactly D are folded into a mean and a scatter matrix
/// (Chan's update, which does not cancel like E[xx'] − μμ' does). The block size does not depend on the batches, so the result does not either.
/// </remarks>
public sealed class FeatureStatistics
{
    private readonly FeatureRows _rows;
    private FeatureMoments? _folded;

    /// <summary>Statistics of no samples yet.</summary>
    /// <param name="dimension">D, the length of a feature vector.</param>
    public FeatureStatistics(int dimension)
    {
        ArgumentOutOfRangeException.ThrowIfNegativeOrZero(dimension);
        _rows = new FeatureRows(dimension);
    }

    private FeatureStatistics(FeatureRows rows, FeatureMoments? folded)
    {
        _rows = rows;
        _folded = folded;
    }

    /// <summary>D, the length of a feature vector.</summary>
    public int Dimension => _rows.Dimension;

    /// <summary>How many samples were added.</summary>
    public long Count => _rows.Count + (_folded?.Count ?? 0);

    /// <summary>Adds a batch.</summary>
    /// <param name="features">[N, D] of any floating type, on any device; stays the caller's.</param>
    /// <exception cref="ArgumentException">The shape is another.</exception>
    /// <exception cref="EvaluationException">A feature is NaN or infinite.</exception>
    public void Add(Tensor features)
    {
        ArgumentNullException.ThrowIfNull(features);
        Append(FeatureMatrix.ToArray(features, Dimension));
    }

    /// <summary>Adds the samples of other statistics, which stay unchanged. The order of merging matters only to rounding.</summary>
    /// <exception cref="ArgumentException">The dimensions differ.</exception>
    public void Merge(FeatureStatistics other)
    {
        ArgumentNullException.ThrowIfNull(other);
        if (other.Dimension != Dimension)
        {
            throw new ArgumentException($"Statistics of dimension {other.Dimension} cannot be merged into statistics of dimension {Dimension}.", nameof(other));
        }

        if (other._folded is { } moments)
        {
            FeatureMoments copy = new(moments.Count, [.. moments.Mean], [.. moments.Scatter]);
            _folded = _folded is null ? copy : _folded.PlusInto(copy);
        }

        Append(other._rows.Values.ToArray());
    }

    /// <summary>The mean, D values.</summary>
    /// <exception cref="InvalidOperationException">There are no samples.</exception>
    public IReadOnlyList<double> Mean() => Whole().Mean;

    /// <summary>The covariance [D, D] in float64; the caller disposes it.</summary>
    /// <exception cref="InvalidOperationException">There are too few samples for the divisor.</exception>
    public Tensor Covariance(CovarianceDivisor divisor = CovarianceDivisor.Count)
    {
        using var scope = NewDisposeScope();
        var scatter = frombuffer(Whole().Scatter, ScalarType.Float64).view(Dimension, Dimension);
        using var count = Divide(divisor).ToScalar();
        return scatter.div(count).MoveToOuterDisposeScope();
    }

    /// <summary>A factor F [R, D] in float64 with F'F = covariance; R is the number of samples while that is at most D.
    /// The caller disposes it.</summary>
    /// <exception cref="InvalidOperationException">There are too few samples for the divisor.</exception>
    public Tensor CovarianceFactor(CovarianceDivisor divisor = CovarianceDivisor.Count)
    {
        using var scope = NewDisposeScope();
        using var root = Math.Sqrt(Divide(divisor)).ToScalar();
        var factor = _folded is null
            ? _rows.Centred().div(root)
            : SymmetricFactor.Of(Covariance(divisor));
        return factor.MoveToOuterDisposeScope();
    }

    /// <summary>Writes everything that was gathered to a safetensors file, atomically.</summary>
    /// <exception cref="PganException">The file cannot be written.</exception>
    public void Save(string path, IReadOnlyDictionary<string, string>? metadata = null) => FeatureStatisticsFile.Write(path, this, metadata);

    /// <summary>Reads what <see cref="Save"/> wrote.</summary>
    /// <exception cref="WeightFileException">The file is missing, damaged, or holds something else.</exception>
    public static FeatureStatistics Load(string path) => FeatureStatisticsFile.Read(path);

    internal static FeatureStatistics Restore(FeatureRows rows, FeatureMoments? folded) => new(rows, folded);

    internal FeatureRows Rows => _rows;

    internal FeatureMoments? Folded => _folded;

    private void Append(ReadOnlySpan<double> values)
    {
        while (!values.IsEmpty)
        {
            if (_rows.IsFull)
            {
                Fold();
            }

            var taken = Math.Min(values.Length, _rows.Free * Dimension);
            _rows.Append(values[..taken]);
            values = values[taken..];
        }
    }

    private void Fold()
    {
        var block = _rows.Moments();
        _folded = _folded is null ? block : _folded.PlusInto(block);
        _rows.Clear();
    }

    private FeatureMoments Whole()
    {
        if (Count == 0)
        {
            throw new InvalidOperationException("Statistics of no samples have no mean; add features first.");
        }

        return _folded is null ? _rows.Moments() : _rows.Count == 0 ? _folded : _folded.PlusInto(_rows.Moments());
    }

    private double Divide(CovarianceDivisor divisor)
    {
        var by = divisor == CovarianceDivisor.Count ? Count : Count - 1;
        return by > 0 ? by : throw new InvalidOperationException($"A covariance of {Count} samples cannot be divided by {by}; add features first.");
    }
}

/// <summary>What a covariance divides by. At 50,000 samples the choice is far below the noise of a metric; for small sets it is not.</summary>
public enum CovarianceDivisor
{
    /// <summary>n, as the paper's authors (and StyleGAN) do.</summary>
    Count,

    /// <summary>n − 1, as pytorch-fid and torch-fidelity do.</summary>
    CountMinusOne,
}

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
