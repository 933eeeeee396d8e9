using static TorchSharp.torch;

namespace ProjectedGan.AllReduce.Reduction;

/// <summary>The sum of one flat tensor over the replicas of one node of the canonical tree.</summary>
/// <param name="Range">A node of the <see cref="CanonicalTree"/>.</param>
/// <param name="Sum">One-dimensional and contiguous; the holder of the record may overwrite it.</param>
public sealed record SubtreeSum(ReplicaRange Range, Tensor Sum);
