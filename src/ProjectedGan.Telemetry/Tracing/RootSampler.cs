using OpenTelemetry.Trace;

namespace ProjectedGan.Telemetry.Tracing;

/// <summary>Keeps every trace but those of training iterations, of which it keeps a share.</summary>
internal sealed class RootSampler : Sampler
{
    private readonly TraceIdRatioBasedSampler _iterations;

    public RootSampler(double iterationRatio)
    {
        _iterations = new TraceIdRatioBasedSampler(iterationRatio);
        Description = $"ProjectedGan{{iterations={iterationRatio}}}";
    }

    public override SamplingResult ShouldSample(in SamplingParameters samplingParameters) =>
        samplingParameters.Name == Spans.IterationName ? _iterations.ShouldSample(samplingParameters) : new SamplingResult(SamplingDecision.RecordAndSample);
}
