using System.Diagnostics;
using OpenTelemetry.Trace;

namespace ProjectedGan.Telemetry.Tracing;

/// <summary>
/// The spans of an experiment's way: submit → schedule → evaluation form one trace; an iteration is a trace of its own that links to it,
/// because a run has too many of them for one.
/// </summary>
/// <remarks>
/// Every method gives null where nobody listens, which costs nothing. Parents are explicit: the server's own activity for a request is not
/// exported, and a span below it would be dropped with it. Dispose a span to end it.
/// </remarks>
public static class Spans
{
    /// <summary>Name of the source on the coordinator.</summary>
    public const string CoordinationSource = "ProjectedGan.Coordination";

    /// <summary>Name of the source on workers.</summary>
    public const string TrainingSource = "ProjectedGan.Training";

    /// <summary>Name of the source on evaluators.</summary>
    public const string EvaluationSource = "ProjectedGan.Evaluation";

    public const string SubmitName = "experiment.submit";
    public const string ScheduleName = "experiment.schedule";
    public const string IterationName = "training.iteration";
    public const string EvaluationName = "evaluation.snapshot";

    private static readonly ActivitySource Coordination = new(CoordinationSource);
    private static readonly ActivitySource Training = new(TrainingSource);
    private static readonly ActivitySource Evaluation = new(EvaluationSource);

    /// <summary>A spec arrives. Without a caller's context a trace starts here.</summary>
    public static Activity? StartSubmit(ActivityContext caller = default) => Start(Coordination, SubmitName, ActivityKind.Server, caller);

    /// <summary>Workers are found for an experiment, whose submission's context is kept with it.</summary>
    public static Activity? StartSchedule(string experiment, ActivityContext submission) =>
        Start(Coordination, ScheduleName, ActivityKind.Internal, submission)?.SetTag(TelemetryAttributes.ExperimentId, experiment);

    /// <summary>One iteration on one worker. Its trace links to the submission's.</summary>
    public static Activity? StartIteration(string experiment, long iteration, ActivityContext submission)
    {
        ActivityLink[] links = submission == default ? [] : [new ActivityLink(submission)];
        return Start(Training, IterationName, ActivityKind.Internal, parent: default, links)
            ?.SetTag(TelemetryAttributes.ExperimentId, experiment).SetTag("pgan.iteration", iteration);
    }

    /// <summary>A snapshot is evaluated, below the submission whose context came with the work.</summary>
    public static Activity? StartEvaluation(string experiment, long images, ActivityContext submission) =>
        Start(Evaluation, EvaluationName, ActivityKind.Consumer, submission)
            ?.SetTag(TelemetryAttributes.ExperimentId, experiment).SetTag("pgan.snapshot.images", images);

    /// <summary>Marks a span as failed.</summary>
    public static void Fail(this Activity? span, Exception error)
    {
        ArgumentNullException.ThrowIfNull(error);
        span?.SetStatus(ActivityStatusCode.Error, error.Message).SetTag(TelemetryAttributes.ErrorType, error.GetType().FullName).AddException(error);
    }

    private static Activity? Start(ActivitySource source, string name, ActivityKind kind, ActivityContext parent, ActivityLink[]? links = null)
    {
        if (parent == default && source.HasListeners())
        {
            // With no parent given, StartActivity would take the current activity.
            Activity.Current = null;
        }

        return source.StartActivity(name, kind, parent, tags: null, links);
    }
}

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

/// <summary>
/// A place in a trace as a string (W3C <c>traceparent</c>), so that it can wait in a queue, rest in a grain's state or travel in a message.
/// </summary>
public static class TraceContext
{
    /// <summary>The context of an activity; null where there is none.</summary>
    public static string? Of(Activity? activity) => activity is { IdFormat: ActivityIdFormat.W3C } ? activity.Id : null;

    /// <summary>The string where it carries a context; empty for anything else, which a caller may have sent.</summary>
    public static string Valid(string? traceparent) => Parse(traceparent) == default ? "" : traceparent!;

    /// <summary>The context that a string carries; none, which starts a trace of its own, where it is null, empty or malformed.</summary>
    public static ActivityContext Parse(string? traceparent) =>
        ActivityContext.TryParse(traceparent, traceState: null, isRemote: true, out var context) ? context : default;
}
