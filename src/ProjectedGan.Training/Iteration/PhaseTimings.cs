using System.Diagnostics;

namespace ProjectedGan.Training.Iteration;

/// <summary>
/// Where the time of iterations goes. Lanes that run side by side add up, so that a part may exceed the wall clock. On a CUDA device,
/// which works asynchronously, the figures are times of launching. Thread-safe.
/// </summary>
public sealed class PhaseTimings
{
    private readonly long[] _ticks = new long[Enum.GetValues<IterationPart>().Length];
    private long _iterations;

    /// <summary>Iterations counted since the last <see cref="Reset"/>.</summary>
    public long Iterations => Interlocked.Read(ref _iterations);

    /// <summary>Total time of a part since the last <see cref="Reset"/>.</summary>
    public TimeSpan Total(IterationPart part) => Stopwatch.GetElapsedTime(0, Interlocked.Read(ref _ticks[(int)part]));

    /// <summary>The parts with their mean time an iteration.</summary>
    public IReadOnlyDictionary<IterationPart, TimeSpan> Means() =>
        Enum.GetValues<IterationPart>().ToDictionary(part => part, part => Total(part) / Math.Max(1, Iterations));

    /// <summary>Total times of all parts, in the order of <see cref="IterationPart"/>.</summary>
    internal TimeSpan[] Totals() => [.. Enum.GetValues<IterationPart>().Select(Total)];

    public void Reset()
    {
        Array.Clear(_ticks);
        _iterations = 0;
    }

    /// <summary>Times a part until the result is disposed.</summary>
    internal Span Measure(IterationPart part) => new(this, part);

    internal void CountIteration() => Interlocked.Increment(ref _iterations);

    internal readonly struct Span(PhaseTimings owner, IterationPart part) : IDisposable
    {
        private readonly long _start = Stopwatch.GetTimestamp();

        public void Dispose() => Interlocked.Add(ref owner._ticks[(int)part], Stopwatch.GetTimestamp() - _start);
    }
}
