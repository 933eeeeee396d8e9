namespace ProjectedGan.Evaluation;

/// <summary>How far an evaluation is.</summary>
/// <param name="Stage">What it is doing.</param>
/// <param name="Done">Images, tiles of distances, or figures in the last stage, that are done.</param>
/// <param name="Total">Of how many.</param>
public sealed record EvaluationProgress(EvaluationStage Stage, long Done, long Total);
