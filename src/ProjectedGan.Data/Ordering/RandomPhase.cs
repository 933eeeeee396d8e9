namespace ProjectedGan.Data.Ordering;

/// <summary>The part of an iteration that draws random numbers. The numbers are part of every run's results and never change.</summary>
public enum RandomPhase
{
    /// <summary>Draws that belong to no phase.</summary>
    None = 0,
    Generator = 1,
    Discriminator = 2,

    /// <summary>The regularisation of path lengths, within the generator's phase but with latents of its own.</summary>
    PathLength = 3,
}
