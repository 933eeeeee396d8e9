using System.Diagnostics.Metrics;

namespace ProjectedGan.Telemetry.Coordination;

/// <summary>A queue's length, and the age of its oldest entry, which grows between the reports too.</summary>
internal sealed class QueueGauges(TimeProvider time)
{
    // One reference, so that a scrape never sees the length of one report and the age of another.
    private sealed record State(int Length, DateTimeOffset? OldestSince);

    private volatile State? _state;

    public void AttachTo(Meter meter, string name, string unit, string description)
    {
        meter.CreateObservableGauge($"{name}.length", Length, unit, $"{description} that wait.");
        meter.CreateObservableGauge($"{name}.oldest.age", Age, "s", $"How long the oldest of the {description.ToLowerInvariant()} has waited; 0 where none waits.");
    }

    public void Report(int length, DateTimeOffset? oldestSince) => _state = new State(length, oldestSince);

    private IEnumerable<Measurement<int>> Length() => _state is { } state ? [new Measurement<int>(state.Length)] : [];

    private IEnumerable<Measurement<double>> Age() => _state is { } state
        ? [new Measurement<double>(state.OldestSince is { } since ? Math.Max(0, (time.GetUtcNow() - since).TotalSeconds) : 0)]
        : [];
}
