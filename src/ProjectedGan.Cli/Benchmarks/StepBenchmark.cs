using System.Diagnostics;
using ProjectedGan.Data.Datasets;
using ProjectedGan.Specification;
using ProjectedGan.Tensors;
using ProjectedGan.Training.Runs;

namespace ProjectedGan.Cli.Benchmarks;

/// <summary>Times iterations of a spec in this process, on images of noise.</summary>
internal static class StepBenchmark
{
    private const int Images = 1_000;

    /// <param name="spec">What to train.</param>
    /// <param name="lanes">Replicas side by side; 0 for as many as the processors allow.</param>
    /// <param name="warmup">Iterations before counting.</param>
    /// <param name="iterations">Iterations counted.</param>
    /// <param name="cancellation">Stops between iterations.</param>
    public static StepMeasurement Run(TrainingSpec spec, int lanes, int warmup, int iterations, CancellationToken cancellation)
    {
        TorchRuntime.TuneAllocator();
        // One report an iteration, which ends with reading the losses from the device.
        var measured = spec with
        {
            TotalImages = (long)(warmup + iterations) * spec.Batch,
            Schedule = new() { ReportImages = 1, SnapshotImages = 0, EvaluationImages = 0, CheckpointImages = 0 },
        };
        using SyntheticImages images = new(spec.Data.Resolution, Images);
        Recorder recorder = new(warmup);
        using var trainer = Trainer.Create(measured, images, new TrainerOptions { Lanes = lanes, Observer = recorder });
        recorder.Start();
        trainer.Run(cancellation);
        cancellation.ThrowIfCancellationRequested();
        return new StepMeasurement(
            [.. recorder.Seconds], TorchRuntime.PeakResidentBytes(), recorder.Parts.ToDictionary(part => part.Key, part => part.Value / iterations));
    }

    private sealed class Recorder(int warmup) : ITrainingObserver
    {
        private long _last;
        private int _seen;

        public List<double> Seconds { get; } = [];

        public Dictionary<string, double> Parts { get; } = [];

        public void Start() => _last = Stopwatch.GetTimestamp();

        public void Report(TrainingReport report)
        {
            var now = Stopwatch.GetTimestamp();
            if (_seen++ >= warmup)
            {
                Seconds.Add(Stopwatch.GetElapsedTime(_last, now).TotalSeconds);
                foreach (var (part, time) in report.Timings)
                {
                    Parts[part.ToString()] = Parts.GetValueOrDefault(part.ToString()) + time.TotalSeconds;
                }
            }

            _last = now;
        }
    }
}

/// <summary>Images of noise, made at every reading: a dataset whose content does not matter.</summary>
internal sealed class SyntheticImages(int resolution, int count) : IImageDataset
{
    public int Count => count;

    public int Resolution => resolution;

    public int Channels => 3;

    public int ClassCount => 0;

    public string Hash => $"synthetic-{resolution}-{count}";

    public string Name(int index) => $"noise {index}";

    public int? Label(int index) => null;

    public void Read(int index, Span<byte> planar) => new Random(index).NextBytes(planar);

    public void Dispose()
    {
    }
}
