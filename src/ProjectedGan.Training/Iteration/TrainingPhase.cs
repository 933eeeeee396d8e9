namespace ProjectedGan.Training.Iteration;

/// <summary>The two phases of an iteration, in order.</summary>
public enum TrainingPhase
{
    Generator,
    Discriminator,
}
