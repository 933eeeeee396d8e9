using Google.Protobuf.WellKnownTypes;
using ProjectedGan.Hosting.Links;
using ProjectedGan.Networks.StateDicts;
using ProjectedGan.Protocol.V1;
using ProjectedGan.Specification;
using ProjectedGan.Training.Checkpoints;
using ProjectedGan.Training.Runs;

namespace ProjectedGan.Worker;

/// <summary>
/// Brings a run's checkpoints and snapshots to the coordinator, one after the other and in the background. What is overtaken while it
/// waits is left out: of checkpoints only the newest counts, and of snapshots, unless the spec wants every one measured. What is refused,
/// by a full disk here or there, is tried again until it arrives or is overtaken. A checkpoint with which the run ends or pauses goes behind the
/// snapshots that wait, since the worker is free when it arrives. Who does not lead keeps its snapshots until the coordinator has recorded the
/// leader's: a leader that is lost takes none with it.
/// </summary>
internal sealed class RunUploads : IAsyncDisposable
{
    private readonly string _run;
    private readonly TrainingSpec _spec;
    private readonly HostedRunServices _services;
    private readonly SemaphoreSlim _waiting = new(0);
    private readonly Lock _lock = new();
    private readonly List<(GeneratorSnapshot Snapshot, bool IsMeasured)> _snapshots = [];
    private readonly CancellationTokenSource _stop = new();
    private readonly Task _work;
    private string? _checkpoint;
    private long _newest = -1;
    private long _recorded = -1;
    private bool _leads;
    private bool _concludes;
    private bool _isClosing;

    public RunUploads(string run, TrainingSpec spec, HostedRunServices services)
    {
        _run = run;
        _spec = spec;
        _services = services;
        _work = Task.Run(WorkAsync);
    }

    /// <summary>A membership epoch begins.</summary>
    /// <param name="leads">Whether this worker's snapshots are the ones that go to the coordinator; else they are kept.</param>
    public void Begin(bool leads) => Speak(leads, concludes: false);

    /// <summary>The run ends or pauses with this worker's next checkpoint: what it kept goes first, whoever led before.</summary>
    public void Conclude() => Speak(leads: true, concludes: true);

    /// <summary>The coordinator has the snapshots up to some images, whoever sent them.</summary>
    public void Recorded(long images)
    {
        lock (_lock)
        {
            if (_isClosing)
            {
                return;
            }
            _recorded = Math.Max(_recorded, images);
            foreach (var (snapshot, _) in _snapshots.Where(waiting => waiting.Snapshot.ImagesSeen <= _recorded))
            {
                snapshot.Dispose();
            }
            _snapshots.RemoveAll(waiting => waiting.Snapshot.ImagesSeen <= _recorded);
        }
    }

    /// <summary>Takes over a snapshot. Of the same images only the first counts, which is the one to measure where that is due.</summary>
    public void Add(GeneratorSnapshot snapshot, bool isMeasured)
    {
        lock (_lock)
        {
            // Those of images that are trained again have the same weights.
            if (_isClosing || snapshot.ImagesSeen == _newest || snapshot.ImagesSeen <= _recorded || _snapshots.Any(waiting => waiting.Snapshot.ImagesSeen == snapshot.ImagesSeen))
            {
                snapshot.Dispose();
                return;
            }
            _newest = snapshot.ImagesSeen;
            if (!_spec.Evaluation.EverySnapshot)
            {
                isMeasured |= _snapshots.Any(waiting => waiting.IsMeasured);
                _snapshots.ForEach(waiting => waiting.Snapshot.Dispose());
                _snapshots.Clear();
            }
            _snapshots.Add((snapshot, isMeasured));
            _waiting.Release();
        }
    }

    /// <summary>A checkpoint's folder, whole.</summary>
    public void Add(string checkpoint)
    {
        lock (_lock)
        {
            if (_isClosing)
            {
                return;
            }
            _checkpoint = checkpoint;
            _waiting.Release();
        }
    }

    /// <summary>Waits for what is under way, though not for long, and drops the rest, as it drops whatever comes later.</summary>
    public async ValueTask DisposeAsync()
    {
        lock (_lock)
        {
            _isClosing = true;
            _waiting.Release();
        }
        await _stop.CancelAsync();
        await _work;
        _snapshots.ForEach(waiting => waiting.Snapshot.Dispose());
        _stop.Dispose();
        _waiting.Dispose();
    }

    private void Speak(bool leads, bool concludes)
    {
        lock (_lock)
        {
            if (!_isClosing)
            {
                (_leads, _concludes) = (leads, concludes);
                if (_snapshots.Count > 0)
                {
                    _waiting.Release();
                }
            }
        }
    }

    private async Task WorkAsync()
    {
        RetryPause pause = new();
        while (!_isClosing)
        {
            Upload? next = null;
            try
            {
                next = Take();
                if (next is null)
                {
                    await _waiting.WaitAsync(_stop.Token);
                    continue;
                }
                await (next.Snapshot is not null ? UploadAsync(next.Snapshot, next.IsMeasured) : UploadAsync(next.Checkpoint!));
                next.Snapshot?.Dispose();
                pause.Reset();
            }
            catch (OperationCanceledException) when (_stop.IsCancellationRequested)
            {
                next?.Snapshot?.Dispose();
                return;
            }
            catch (Exception error)
            {
                // Whatever it is: training goes on, and the run cannot end before this has arrived.
                if (next is not null)
                {
                    PutBack(next);
                }
                HostedRunLog.NotUploaded(_services.Logger, _run, "a checkpoint or snapshot", error.Message);
                _services.Send(new WorkerMessage { Log = new NodeLog { Run = _run, Level = "warning", Text = $"not uploaded: {error.Message}" } }, Importance.Passing);
                await _waiting.WaitAsync(pause.Next(), CancellationToken.None);
            }
        }
    }

    // Checkpoints first: they are what a run can be saved with.
    private Upload? Take()
    {
        lock (_lock)
        {
            var waits = _leads && _snapshots.Count > 0;
            if (_checkpoint is { } folder && !(waits && (_concludes || CheckpointStore.Iteration(folder) * _spec.Batch >= _spec.TotalImages)))
            {
                _checkpoint = null;
                return new Upload(null, false, folder);
            }
            if (!waits)
            {
                return null;
            }
            var (snapshot, isMeasured) = _snapshots[0];
            _snapshots.RemoveAt(0);
            return new Upload(snapshot, isMeasured, null);
        }
    }

    private void PutBack(Upload upload)
    {
        lock (_lock)
        {
            if (upload.Snapshot is null)
            {
                // An old checkpoint's folder may be gone by now.
                _checkpoint ??= Directory.Exists(upload.Checkpoint) ? upload.Checkpoint : null;
            }
            else if (_spec.Evaluation.EverySnapshot || _snapshots.Count == 0)
            {
                _snapshots.Insert(0, (upload.Snapshot, upload.IsMeasured));
            }
            else
            {
                _snapshots[0] = (_snapshots[0].Snapshot, _snapshots[0].IsMeasured || upload.IsMeasured);
                upload.Snapshot.Dispose();
            }
        }
    }

    private async Task UploadAsync(GeneratorSnapshot snapshot, bool isMeasured)
    {
        var path = Path.Combine(_services.Folder, _run, $"snapshot-{snapshot.ImagesSeen:D10}.safetensors");
        try
        {
            TensorFile.Write(path, snapshot.Tensors);
            var weights = await _services.Artifacts.SendAsync(path, null, _stop.Token);
            _services.Send(
                new WorkerMessage
                {
                    Snapshot = new SnapshotUploaded
                    {
                        Run = _run,
                        Iteration = snapshot.Iteration,
                        Images = snapshot.ImagesSeen,
                        TrainingTime = Duration.FromTimeSpan(snapshot.TrainingTime),
                        Weights = weights,
                        Measure = isMeasured,
                    },
                },
                Importance.Lasting);
        }
        finally
        {
            File.Delete(path);
        }
    }

    private async Task UploadAsync(string folder)
    {
        var checkpoint = CheckpointStore.Open(folder);
        CheckpointUploaded uploaded = new() { Run = _run, Iteration = checkpoint.Manifest.Iteration, Images = checkpoint.Manifest.ImagesSeen };
        // The manifest goes last, as on the disk.
        foreach (var file in checkpoint.Manifest.Files.Keys.Append(CheckpointStore.ManifestName))
        {
            uploaded.Files.Add(await _services.Artifacts.SendAsync(checkpoint.File(file), null, _stop.Token));
        }
        _services.Send(new WorkerMessage { Checkpoint = uploaded }, Importance.Lasting);
    }

    // Either of them.
    private sealed record Upload(GeneratorSnapshot? Snapshot, bool IsMeasured, string? Checkpoint);
}

/// <summary>How long to wait before something is tried again that a full disk prevented: longer each time, until it works.</summary>
internal sealed class RetryPause
{
    private static readonly TimeSpan First = TimeSpan.FromSeconds(2);
    private static readonly TimeSpan Longest = TimeSpan.FromSeconds(30);
    private TimeSpan _next = First;

    public TimeSpan Next()
    {
        var pause = _next;
        _next = pause * 2 < Longest ? pause * 2 : Longest;
        return pause;
    }

    public void Reset() => _next = First;
}
