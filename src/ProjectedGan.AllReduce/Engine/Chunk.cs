namespace ProjectedGan.AllReduce.Engine;

/// <summary>A piece of a bucket that travels in one frame.</summary>
/// <param name="Offset">Its first element.</param>
/// <param name="Elements">Its length.</param>
/// <param name="Owner">The member that completes its sum.</param>
internal readonly record struct Chunk(long Offset, int Elements, int Owner);
