namespace ProjectedGan.Data.Ordering;

/// <summary>What random numbers are drawn for; each purpose has a stream of its own. The numbers are part of every run's results and never change.</summary>
public enum RandomPurpose
{
    DataOrder = 1,
    Weights = 2,
    Latents = 3,
    Labels = 4,
    Noise = 5,

    /// <summary>Augmentation of generated images.</summary>
    Augmentation = 6,

    /// <summary>Augmentation of the dataset's images.</summary>
    RealAugmentation = 7,
    Evaluation = 8,
    Samples = 9,
    Projection = 10,

    /// <summary>Which images mix the styles of two latents, and from which layer on.</summary>
    Mixing = 11,

    /// <summary>The second latents.</summary>
    MixedLatents = 12,

    /// <summary>The directions in which path lengths are measured.</summary>
    PathDirections = 13,

    /// <summary>Which part of real images a decoder has to find again.</summary>
    Crops = 14,

    /// <summary>Which images of a dataset a run trains on.</summary>
    Subset = 32,
}
