using System.Diagnostics;
using System.Diagnostics.Metrics;

namespace ProjectedGan.Coordinator.Storage;

/// <summary>How long operations of the coordinator's database take.</summary>
public sealed class StorageInstruments
{
    /// <summary>The meter of this assembly.</summary>
    public const string MeterName = "ProjectedGan.Coordination";

    private static readonly InstrumentAdvice<double> Buckets = new()
    {
        // From a read out of memory to a disk that is about to be noticed.
        HistogramBucketBoundaries = [0.0005, 0.001, 0.0025, 0.005, 0.01, 0.025, 0.05, 0.1, 0.25, 0.5, 1, 2.5, 5, 10],
    };

    private readonly Histogram<double> _duration;

    public StorageInstruments(IMeterFactory meters)
    {
        _duration = meters.Create(MeterName).CreateHistogram(
            "pgan.storage.operation.duration", "s", "Time of an operation of the coordinator's database.", tags: null, Buckets);
    }

    internal Measurement Start(StorageOperation operation) => new(_duration, operation);

    internal sealed class Measurement(Histogram<double> duration, StorageOperation operation) : IDisposable
    {
        private readonly long _start = Stopwatch.GetTimestamp();
        private string? _failure;

        public void Failed(string reason) => _failure = reason;

        public void Dispose()
        {
            var tags = new TagList { { "operation", Name(operation) } };
            if (_failure is not null)
            {
                tags.Add("error.type", _failure);
            }

            duration.Record(Stopwatch.GetElapsedTime(_start).TotalSeconds, tags);
        }

        private static string Name(StorageOperation operation) => operation switch
        {
            StorageOperation.Read => "read",
            StorageOperation.Write => "write",
            _ => "clear",
        };
    }
}

internal enum StorageOperation
{
    Read,
    Write,
    Clear,
}
