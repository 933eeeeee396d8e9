namespace ProjectedGan.Specification;

/// <summary>What the run asks of a cluster. <c>pgan train</c>, which is a cluster of one, ignores it.</summary>
public sealed record ClusterSpec
{
    /// <summary>Fewest workers to train with, 1 to <c>replicas</c>; below it the run waits. Default 1.</summary>
    [OutsideSpecHash("the result does not depend on the number of workers")]
    public int MinWorkers { get; init; } = 1;

    /// <summary>Most workers, from <see cref="MinWorkers"/> to <c>replicas</c>; 0 is <c>replicas</c>. Default 0.</summary>
    [OutsideSpecHash("the result does not depend on the number of workers")]
    public int MaxWorkers { get; init; }

    /// <summary>Higher ones go first, −100 to 100. Default 0.</summary>
    [OutsideSpecHash("scheduling only")]
    public int Priority { get; init; }
}
