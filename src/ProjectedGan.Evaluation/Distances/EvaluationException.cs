using ProjectedGan.Foundation;

namespace ProjectedGan.Evaluation.Distances;

/// <summary>An evaluation that cannot be done; the message says what was found and what to do.</summary>
public sealed class EvaluationException(string message) : PganException(message);
