namespace ProjectedGan.Evaluation.Tests.Fakes;

/// <summary>Calls back on the reporting thread, in order.</summary>
internal sealed class ImmediateProgress(Action<EvaluationProgress> report) : IProgress<EvaluationProgress>
{
    public void Report(EvaluationProgress value) => report(value);
}
