using System.Diagnostics;
using static TorchSharp.torch;

namespace ProjectedGan.Training.Iteration;

/// <summary>Sees the inside of an iteration; for checks against a reference. Tensors are only valid during the call.</summary>
internal interface IIterationProbe
{
    /// <summary>A replica's intermediate result, under the golden cases' names, for example <c>G/fake_logits</c>.</summary>
    void Tensor(string name, Tensor tensor);

    /// <summary>The averaged gradient of one network, by parameter, before the update.</summary>
    void Gradients(TrainingPhase phase, IEnumerable<(string Name, Tensor Gradient)> gradients);

    /// <summary>The parameters of one network after the update.</summary>
    void Parameters(TrainingPhase phase, IEnumerable<(string Name, Tensor Parameter)> parameters);
}

/// <summary>The two phases of an iteration, in order.</summary>
public enum TrainingPhase
{
    Generator,
    Discriminator,
}

/// <summary>The parts of an iteration that are timed.</summary>
public enum IterationPart
{
    /// <summary>Power iterations of both networks.</summary>
    PowerIteration,

    /// <summary>G(z) in the generator's phase.</summary>
    GeneratorForward,

    /// <summary>Augmentation, resize, features and discriminators on generated images, with a graph.</summary>
    GeneratorLoss,

    /// <summary>From the generator's loss back to its weights, gathering included.</summary>
    GeneratorBackward,

    /// <summary>Waiting for decoded images.</summary>
    DataWait,

    /// <summary>G(z) without a graph in the discriminators' phase.</summary>
    DiscriminatorFakes,

    /// <summary>Augmentation, resize and features of generated and real images, without a graph.</summary>
    DiscriminatorFeatures,

    /// <summary>The discriminators on features.</summary>
    DiscriminatorForward,

    /// <summary>From the discriminators' losses to their weights, gathering included.</summary>
    DiscriminatorBackward,

    /// <summary>Sums over replicas and workers.</summary>
    Reduction,

    /// <summary>Non-finite treatment and Adam, both networks.</summary>
    Optimizer,

    /// <summary>The moving average.</summary>
    Ema,
}

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
