namespace ProjectedGan.Testing;

/// <summary>
/// Compares a value with a reference output. float64: relative l2 error 1e-9 (1e-8 for the noise-driven biases of section 3 of
/// the golden README). float32: the manifest's tolerance. Figures over the full tensor are checked too.
/// </summary>
public static class GoldenComparison
{
    private const double Strict = 1e-9;

    // Conv biases in front of a batch normalisation have gradients of pure rounding noise, which Adam magnifies.
    private const double StrictForNoiseDrivenBias = 1e-8;

    // Where the true value is zero, float64 noise is smaller than the float32 tolerance by about the ratio of the precisions.
    private const double ZeroRatio = 1e-7;

    /// <param name="output">The manifest's entry.</param>
    /// <param name="stored">The case's file.</param>
    /// <param name="actual">The full tensor in C order, widened.</param>
    /// <param name="precision">The arithmetic in which it was computed.</param>
    /// <returns>What differs, or null where the value is within the tolerance.</returns>
    public static string? Difference(GoldenOutput output, GoldenFile stored, double[] actual, GoldenPrecision precision)
    {
        if (output.Shape.Aggregate(1L, (a, b) => a * b) != actual.Length)
        {
            return $"{output.Name}: {actual.Length} elements; the reference has shape [{string.Join(", ", output.Shape)}].";
        }

        if (output.Stored == "full" && stored.Shape(output.Key).Aggregate(1L, (a, b) => a * b) != actual.Length)
        {
            throw new InvalidDataException($"The golden file stores only a part of '{output.Name}', which its manifest calls full.");
        }

        if (Array.Exists(actual, value => !double.IsFinite(value)))
        {
            return $"{output.Name}: not finite.";
        }

        if (output.Dtype is "int64" or "uint8")
        {
            return Exact(output, stored.Values(output.Key), actual);
        }

        // Statistics are taken in float64 in both runs; the manifest then has nothing to say about the second.
        return output.F64 is { } reference && (precision == GoldenPrecision.Float64 || reference == new GoldenDouble())
            ? StrictDifference(output, reference, stored, actual)
            : TolerantDifference(output, stored, actual);
    }

    /// <summary>The relative l2 distance of samples, |a - b| / |b|.</summary>
    public static double RelativeL2(double[] actual, double[] expected)
    {
        var norm = Norm(expected);
        var difference = Norm([.. actual.Zip(expected, (a, b) => a - b)]);
        return difference == 0 ? 0 : difference / norm;
    }

    private static string? Exact(GoldenOutput output, double[] expected, double[] actual)
    {
        var sample = Sample(actual, output.Stride, expected.Length);
        var index = Enumerable.Range(0, expected.Length).FirstOrDefault(i => expected[i] != sample[i], -1);
        return index < 0 ? null : $"{output.Name}: element {index * output.Stride} is {sample[index]}, the reference's {expected[index]}.";
    }

    private static string? StrictDifference(GoldenOutput output, GoldenDouble reference, GoldenFile stored, double[] actual)
    {
        if (output.ZeroInExactArithmetic)
        {
            return Bounded(output, "max |x| where the true value is 0", MaxAbs(actual), output.Tolerance!.MaxAbs!.Value * ZeroRatio);
        }

        var limit = output.Name.Contains("/D/param/", StringComparison.Ordinal) && output.Name.EndsWith(".bias", StringComparison.Ordinal)
            ? StrictForNoiseDrivenBias
            : Strict;
        if (reference.Key is null && reference.Value is { } value)
        {
            return Bounded(output, "relative error of the value", RelativeL2(actual, [value]), limit);
        }

        var key = reference.Key ?? output.Key;
        var stride = reference.Key is null ? output.Stride : reference.Stride;
        var norm = reference.L2 ?? output.L2;
        var expected = stored.Values(key);
        return Bounded(output, "relative l2 error of the sample", RelativeL2(Sample(actual, stride, expected.Length), expected), limit)
            ?? Bounded(output, "relative error of the full l2 norm", Relative(Norm(actual), norm), limit)
            ?? Bounded(output, "error of the mean", Math.Abs(actual.Average() - (reference.Mean ?? output.Mean)), limit * norm / Math.Sqrt(actual.Length))
            ?? (reference.MaxAbs is { } largest ? Bounded(output, "relative error of max |x|", Relative(MaxAbs(actual), largest), limit) : null);
    }

    private static string? TolerantDifference(GoldenOutput output, GoldenFile stored, double[] actual)
    {
        var expected = stored.Values(output.Key);
        var sample = Sample(actual, output.Stride, expected.Length);
        if (output.Tolerance is null)
        {
            return Exact(output, expected, actual);
        }

        // One rounding of the output itself is always allowed.
        var ulp = MaxAbs(expected) * (output.Dtype == "float64" ? 1e-15 : 1.2e-7);
        var largest = Math.Max(output.Tolerance.MaxAbs ?? double.PositiveInfinity, ulp);
        if (output.Kinks?.Contains("relu", StringComparison.Ordinal) == true && output.Tolerance.RelativeL2 is { } share)
        {
            // Whether a rounding moves an activation over its kink is luck, and moves single elements: the l2 error bounds them.
            largest = Math.Max(largest, share * output.L2 / Math.Sqrt(Math.Max(1, output.Stride)));
        }

        if (output.ZeroInExactArithmetic)
        {
            return Bounded(output, "max |x| where the true value is 0", MaxAbs(actual), largest);
        }

        var difference = Bounded(output, "largest error of the sample", MaxAbs([.. sample.Zip(expected, (a, b) => a - b)]), largest)
            ?? Bounded(output, "error of the mean", Math.Abs(actual.Average() - output.Mean), largest)
            ?? Bounded(output, "error of the standard deviation", Math.Abs(Deviation(actual) - output.Std), largest);
        return difference is not null || output.Tolerance.RelativeL2 is not { } limit
            ? difference
            : Bounded(output, "relative l2 error of the sample", RelativeL2(sample, expected), limit)
                ?? Bounded(output, "relative error of the full l2 norm", Relative(Norm(actual), output.L2), limit);
    }

    private static string? Bounded(GoldenOutput output, string what, double error, double limit) =>
        error <= limit ? null : $"{output.Name}: {what} is {error:g3}; at most {limit:g3} is allowed.";

    // Writers may store fewer values than the stride leaves room for.
    private static double[] Sample(double[] values, long stride, int count) =>
        count > 0 && (count - 1) * stride < values.Length
            ? [.. Enumerable.Range(0, count).Select(i => values[i * stride])]
            : throw new InvalidDataException($"The golden file stores {count} values, {stride} apart, of a tensor of {values.Length}.");

    private static double Norm(double[] values) => Math.Sqrt(values.Sum(value => value * value));

    private static double MaxAbs(double[] values) => values.Max(Math.Abs);

    private static double Relative(double actual, double expected) =>
        actual == expected ? 0 : Math.Abs(actual - expected) / Math.Abs(expected);

    private static double Deviation(double[] values)
    {
        var mean = values.Average();
        return Math.Sqrt(values.Average(value => (value - mean) * (value - mean)));
    }
}
