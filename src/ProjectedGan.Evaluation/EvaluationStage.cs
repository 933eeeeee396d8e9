namespace ProjectedGan.Evaluation;

/// <summary>What an evaluation is doing.</summary>
public enum EvaluationStage
{
    RealFeatures,
    GeneratedFeatures,
    Distances,
}
