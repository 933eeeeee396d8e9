namespace ProjectedGan.AllReduce.Groups;

/// <summary>How float32 gradients travel. float64 tensors and all statistics travel as they are.</summary>
public enum WireType
{
    /// <summary>As they are.</summary>
    Float32,

    /// <summary>As bfloat16. Every node of the tree is formed in float32 and rounded, sent or not; submitted partial sums are rounded already.</summary>
    BFloat16,
}
