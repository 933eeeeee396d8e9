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
