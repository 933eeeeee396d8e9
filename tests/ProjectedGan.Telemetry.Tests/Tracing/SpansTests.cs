using System.Diagnostics;
using OpenTelemetry;
using OpenTelemetry.Trace;
using ProjectedGan.Telemetry.Tracing;

namespace ProjectedGan.Telemetry.Tests.Tracing;

public class SpansTests
{
    [Fact]
    public void Spans_NobodyListens_AreNone()
    {
        Assert.Null(Spans.StartSubmit());
        Assert.Null(Spans.StartIteration("e", 1, default));
        Assert.Null(TraceContext.Of(null));
    }

    [Fact]
    public void Evaluation_WithTheSubmissionsContext_IsInItsTrace()
    {
        using var provider = Provider(iterationRatio: 1);
        using var ambient = new Activity("request").Start();
        using var submit = Spans.StartSubmit()!;
        var kept = TraceContext.Of(submit)!;
        submit.Stop();

        using var schedule = Spans.StartSchedule("exp", TraceContext.Parse(kept))!;
        using var evaluation = Spans.StartEvaluation("exp", 10, TraceContext.Parse(kept))!;

        Assert.NotEqual(ambient.TraceId, submit.TraceId);
        Assert.Equal(submit.TraceId, schedule.TraceId);
        Assert.Equal(submit.TraceId, evaluation.TraceId);
        Assert.Equal(submit.SpanId, evaluation.ParentSpanId);
        Assert.True(evaluation.Recorded);
        Assert.Equal("exp", evaluation.GetTagItem(TelemetryAttributes.ExperimentId));
    }

    [Fact]
    public void Iteration_OfARun_IsATraceOfItsOwnThatLinks()
    {
        using var provider = Provider(iterationRatio: 1);
        using var submit = Spans.StartSubmit()!;

        using var iteration = Spans.StartIteration("exp", 10, submit.Context)!;

        Assert.NotEqual(submit.TraceId, iteration.TraceId);
        Assert.Equal(submit.SpanId, Assert.Single(iteration.Links).Context.SpanId);
    }

    [Fact]
    public void IterationTraceRatio_Zero_LeavesTheOtherSpans()
    {
        using var provider = Provider(iterationRatio: 0);

        using var iteration = Spans.StartIteration("exp", 10, default);
        using var submit = Spans.StartSubmit();

        Assert.False(iteration?.Recorded ?? false);
        Assert.True(submit!.Recorded);
    }

    [Fact]
    public void Caller_ThatDoesNotSample_IsFollowed()
    {
        using var provider = Provider(iterationRatio: 1);

        using var submit = Spans.StartSubmit(TraceContext.Parse("00-0af7651916cd43dd8448eb211c80319c-b7ad6b7169203331-00"));

        Assert.False(submit?.Recorded ?? false);
    }

    [Theory]
    [InlineData(null)]
    [InlineData("")]
    [InlineData("00-nonsense-01")]
    public void TraceContext_Malformed_IsNone(string? text)
    {
        Assert.Equal(default, TraceContext.Parse(text));
        Assert.Equal("", TraceContext.Valid(text));
    }

    [Fact]
    public void TraceContext_WellFormed_IsKept() =>
        Assert.Equal("00-0af7651916cd43dd8448eb211c80319c-b7ad6b7169203331-01", TraceContext.Valid("00-0af7651916cd43dd8448eb211c80319c-b7ad6b7169203331-01"));

    [Fact]
    public void Fail_WithAnException_SetsStatusAndType()
    {
        using var provider = Provider(iterationRatio: 1);
        using var submit = Spans.StartSubmit()!;

        submit.Fail(new TimeoutException("too late"));

        Assert.Equal((ActivityStatusCode.Error, "too late"), (submit.Status, submit.StatusDescription));
        Assert.Equal("System.TimeoutException", submit.GetTagItem(TelemetryAttributes.ErrorType));
    }

    private static TracerProvider Provider(double iterationRatio) => Sdk.CreateTracerProviderBuilder()
        .AddSource("ProjectedGan.*")
        .SetSampler(new ParentBasedSampler(new RootSampler(iterationRatio)))
        .Build();
}
