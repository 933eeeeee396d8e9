using static TorchSharp.torch;

namespace ProjectedGan.Evaluation.Distances;

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
