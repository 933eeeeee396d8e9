namespace ProjectedGan.Evaluation;

/// <summary>The figures of one evaluation, in the order in which they were asked for.</summary>
public sealed record EvaluationResults(IReadOnlyList<MetricValue> Values)
{
    /// <summary>The figure of a name.</summary>
    /// <exception cref="KeyNotFoundException">It was not measured.</exception>
    public double this[string name] => Values.FirstOrDefault(value => value.Name == name)?.Value
        ?? throw new KeyNotFoundException($"'{name}' was not measured; there are {string.Join(", ", Values.Select(value => value.Name))}.");
}
