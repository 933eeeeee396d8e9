using Microsoft.Extensions.Logging;
using ProjectedGan.Foundation;
using ProjectedGan.Tensors;
using ProjectedGan.Training.Runs;

namespace ProjectedGan.Cli.Runs;

/// <summary>
/// Handles snapshots on a thread of its own, so that training never waits for a grid or a distance. A newer snapshot of a kind takes the
/// place of an older one that has not been started. A failure is logged and shown; it does not end training.
/// </summary>
internal sealed class SnapshotWorker : IDisposable
{
    private readonly Lock _gate = new();
    private readonly Dictionary<string, (GeneratorSnapshot Snapshot, Action<GeneratorSnapshot> Handle)> _waiting = [];
    private readonly SemaphoreSlim _arrived = new(0);
    private readonly ILogger _logger;
    private readonly Thread _thread;
    private bool _ends;

    public SnapshotWorker(ILogger logger)
    {
        _logger = logger;
        _thread = new Thread(Work) { IsBackground = true, Name = "snapshots" };
        _thread.Start();
    }

    /// <summary>Takes a snapshot, which the worker disposes.</summary>
    /// <param name="kind">What is done with it; at most one of a kind waits.</param>
    /// <param name="snapshot">The snapshot.</param>
    /// <param name="handle">Called on the worker's thread.</param>
    public void Add(string kind, GeneratorSnapshot snapshot, Action<GeneratorSnapshot> handle)
    {
        lock (_gate)
        {
            if (_waiting.Remove(kind, out var older))
            {
                older.Snapshot.Dispose();
            }

            _waiting[kind] = (snapshot, handle);
        }

        _arrived.Release();
    }

    /// <summary>Handles what still waits, then ends the thread.</summary>
    public void Finish()
    {
        _ends = true;
        _arrived.Release();
        _thread.Join();
    }

    public void Dispose()
    {
        lock (_gate)
        {
            foreach (var (snapshot, _) in _waiting.Values)
            {
                snapshot.Dispose();
            }

            _waiting.Clear();
        }

        Finish();
        _arrived.Dispose();
    }

    private void Work()
    {
        TorchRuntime.SetThreads(1);
        while (true)
        {
            _arrived.Wait();
            if (Take() is not var (snapshot, handle))
            {
                // A permit without work is that of a replaced snapshot, or of the end.
                if (_ends)
                {
                    return;
                }

                continue;
            }

            using (snapshot)
            {
                try
                {
                    handle(snapshot);
                }
                catch (Exception exception)
                {
                    RunLog.SnapshotFailed(_logger, snapshot.ImagesSeen, exception);
                    Console.Error.WriteLine($"pgan: the snapshot at {snapshot.ImagesSeen:N0} images failed: {ErrorLine.Of(exception)}");
                }
            }
        }
    }

    private (GeneratorSnapshot Snapshot, Action<GeneratorSnapshot> Handle)? Take()
    {
        lock (_gate)
        {
            if (_waiting.Count == 0)
            {
                return null;
            }

            var oldest = _waiting.MinBy(entry => entry.Value.Snapshot.ImagesSeen).Key;
            _waiting.Remove(oldest, out var taken);
            return taken;
        }
    }
}
