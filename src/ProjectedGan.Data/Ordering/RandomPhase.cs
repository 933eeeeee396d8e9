namespace ProjectedGan.Data.Ordering;

/// <summary>The part of an iteration that draws random numbers. The numbers are part of every run's results and never change.</summary>
public enum RandomPhase
{
    /// <summary>Draws that belong to no phase.</summary>
    None = 0,
    Generator = 1,
    Discriminator = 2,
}
