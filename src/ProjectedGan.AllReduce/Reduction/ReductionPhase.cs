namespace ProjectedGan.AllReduce.Reduction;

/// <summary>The reductions of one iteration, in order.</summary>
public enum ReductionPhase
{
    /// <summary>The generator's gradients.</summary>
    Generator,

    /// <summary>The discriminators' gradients.</summary>
    Discriminator,

    /// <summary>Running statistics of BatchNorm and the losses.</summary>
    Statistics,
}
