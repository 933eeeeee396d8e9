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

    /// <summary>Which images of a dataset a run trains on.</summary>
    Subset = 32,
}
