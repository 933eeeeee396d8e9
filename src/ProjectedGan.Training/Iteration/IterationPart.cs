namespace ProjectedGan.Training.Iteration;

/// <summary>The parts of an iteration that are timed.</summary>
public enum IterationPart
{
    /// <summary>Power iterations of both networks.</summary>
    PowerIteration,

    /// <summary>G(z) in the generator's phase.</summary>
    GeneratorForward,

    /// <summary>Augmentation, resize, features and discriminators on generated images, with a graph.</summary>
    GeneratorLoss,

    /// <summary>From the generator's loss back to its weights, gathering included.</summary>
    GeneratorBackward,

    /// <summary>Waiting for decoded images.</summary>
    DataWait,

    /// <summary>G(z) without a graph in the discriminators' phase.</summary>
    DiscriminatorFakes,

    /// <summary>Augmentation, resize and features of generated and real images, without a graph.</summary>
    DiscriminatorFeatures,

    /// <summary>The discriminators on features.</summary>
    DiscriminatorForward,

    /// <summary>From the discriminators' losses to their weights, gathering included.</summary>
    DiscriminatorBackward,

    /// <summary>Sums over replicas and workers.</summary>
    Reduction,

    /// <summary>Non-finite treatment and Adam, both networks.</summary>
    Optimizer,

    /// <summary>The moving average.</summary>
    Ema,
}
