namespace ProjectedGan.AllReduce.Reduction;

/// <summary>Names one reduction of a run; every worker submits the same keys in the same order.</summary>
/// <param name="Iteration">The iteration, from 0.</param>
/// <param name="Phase">What is reduced.</param>
/// <param name="Bucket">The slice of the flat tensor, from 0.</param>
public readonly record struct ReductionKey(long Iteration, ReductionPhase Phase, int Bucket)
{
    public override string ToString() => $"iteration {Iteration}, {Phase}, bucket {Bucket}";
}
