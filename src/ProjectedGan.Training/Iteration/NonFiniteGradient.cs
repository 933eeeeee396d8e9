using ProjectedGan.Foundation;
using ProjectedGan.Tensors;

namespace ProjectedGan.Training.Iteration;

/// <summary>An averaged gradient had elements that are NaN or infinite.</summary>
/// <param name="Iteration">From 0.</param>
/// <param name="Phase">Whose gradient.</param>
/// <param name="Counts">How many elements.</param>
/// <param name="Parameters">The first few parameters concerned.</param>
/// <param name="ParameterCount">How many parameters are concerned.</param>
/// <param name="Replicas">This worker's replicas whose own gradients were not finite; empty where another worker's were, or only their sum.</param>
public sealed record NonFiniteGradient(
    long Iteration, TrainingPhase Phase, NonFiniteCounts Counts, IReadOnlyList<string> Parameters, int ParameterCount, IReadOnlyList<int> Replicas)
{
    public override string ToString()
    {
        var more = ParameterCount > Parameters.Count ? $" and {ParameterCount - Parameters.Count} more" : "";
        var from = Replicas.Count > 0 ? $" from replica {string.Join(", ", Replicas)}" : "";
        return $"Iteration {Iteration}: the gradient of the {Phase.ToString().ToLowerInvariant()} has {Counts.NaN} NaN, "
            + $"{Counts.PositiveInfinity} +Inf and {Counts.NegativeInfinity} -Inf elements{from} in {string.Join(", ", Parameters)}{more}.";
    }
}

/// <summary>
/// A gradient was not finite and the spec asks to stop then, or no replica has finite losses any more. Any other worker would stop at the same
/// iteration.
/// </summary>
public sealed class NonFiniteGradientException(string message) : PganException(message);
