using System.Diagnostics;

namespace ProjectedGan.Telemetry.Tracing;

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
        ActivityContext.TryParse(traceparent, traceState: null, isRemote: true, out ActivityContext context) ? context : default;
}
