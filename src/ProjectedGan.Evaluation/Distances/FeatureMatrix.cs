using ProjectedGan.Foundation;
using static TorchSharp.torch;

namespace ProjectedGan.Evaluation.Distances;

/// <summary>Checks of feature matrices at the door of every metric.</summary>
internal static class FeatureMatrix
{
    /// <summary>Checks [N, D] and that every value is finite.</summary>
    public static void Check(Tensor features, long? dimension = null)
    {
        var shape = features.shape;
        if (shape.Length != 2 || shape[1] == 0 || (dimension is { } wanted && shape[1] != wanted))
        {
            throw new ArgumentException($"Features have shape [{string.Join(", ", shape)}]; [N, {dimension?.ToString() ?? "D"}] is needed.", nameof(features));
        }

        using var scope = NewDisposeScope();
        if (!features.isfinite().all().item<bool>())
        {
            throw new EvaluationException(
                "A feature is NaN or infinite: the images (a generator that diverged) or the feature network's weights are not finite.");
        }
    }

    /// <summary>The values in float64, row by row.</summary>
    public static double[] ToArray(Tensor features, int dimension)
    {
        Check(features, dimension);
        using var scope = NewDisposeScope();
        return features.to(CPU).to_type(ScalarType.Float64).contiguous().data<double>().ToArray();
    }

    /// <summary>Checks two sets that are to be compared.</summary>
    public static void CheckPair(Tensor generated, Tensor real)
    {
        ArgumentNullException.ThrowIfNull(generated);
        ArgumentNullException.ThrowIfNull(real);
        Check(real);
        Check(generated, real.shape[1]);
        if (generated.dtype != real.dtype)
        {
            throw new ArgumentException($"Generated features are {generated.dtype} and real ones {real.dtype}; both need the same type.", nameof(generated));
        }
    }
}

/// <summary>Up to D samples of dimension D, row by row.</summary>
internal sealed class FeatureRows(int dimension)
{
    private double[] _values = [];
    private int _count;

    public int Dimension { get; } = dimension;

    public int Count => _count;

    public int Free => Dimension - _count;

    public bool IsFull => _count == Dimension;

    public ReadOnlySpan<double> Values => _values.AsSpan(0, _count * Dimension);

    /// <summary>Adds whole rows; at most <see cref="Free"/> of them.</summary>
    public void Append(ReadOnlySpan<double> values)
    {
        var used = _count * Dimension;
        var needed = used + values.Length;
        if (needed > _values.Length)
        {
            Array.Resize(ref _values, Math.Min(Dimension * Dimension, Math.Max(needed, 2 * _values.Length)));
        }

        values.CopyTo(_values.AsSpan(used));
        _count += values.Length / Dimension;
    }

    public void Clear() => _count = 0;

    /// <summary>The rows minus their mean, [N, D] in float64; the caller disposes it.</summary>
    public Tensor Centred()
    {
        using var scope = NewDisposeScope();
        var rows = Shared();
        return rows.sub(rows.mean([0], keepdim: true)).MoveToOuterDisposeScope();
    }

    public FeatureMoments Moments()
    {
        using var scope = NewDisposeScope();
        var rows = Shared();
        var mean = rows.mean([0], keepdim: true);
        var centred = rows.sub(mean);
        var scatter = centred.t().matmul(centred);
        return new(_count, mean.data<double>().ToArray(), scatter.data<double>().ToArray());
    }

    // Without a copy: at D = 2048 one is 32 MiB.
    private Tensor Shared() => frombuffer(_values, ScalarType.Float64, (long)_count * Dimension).view(_count, Dimension);
}

/// <summary>An evaluation that cannot be done; the message says what was found and what to do.</summary>
public sealed class EvaluationException(string message) : PganException(message);
