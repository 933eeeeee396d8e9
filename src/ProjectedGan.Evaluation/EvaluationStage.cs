namespace ProjectedGan.Evaluation;

/// <summary>What an evaluation is doing.</summary>
public enum EvaluationStage
{
    RealFeatures,
    GeneratedFeatures,

    /// <summary>Distances among real images' features; counted in tiles of their matrix.</summary>
    RealNeighbours,

    /// <summary>Distances of generated samples' features to each other and to real ones.</summary>
    Neighbours,
    Distances,
}
