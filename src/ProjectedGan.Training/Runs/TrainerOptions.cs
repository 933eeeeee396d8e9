using System.Diagnostics;
using ProjectedGan.AllReduce.Reduction;
using ProjectedGan.Networks.Discriminators;
using ProjectedGan.Networks.Generators;
using ProjectedGan.Networks.Projection;
using ProjectedGan.Training.Iteration;

namespace ProjectedGan.Training.Runs;

/// <summary>How one worker takes part in a run. Nothing here can change the result, but for what replaces data and randomness.</summary>
public sealed record TrainerOptions
{
    /// <summary>The replicas that this worker computes; null for all.</summary>
    public ReplicaRange? Hosted { get; init; }

    /// <summary>Replicas computed side by side; 0 is as many as the processors allow, at most one a hosted replica.</summary>
    public int Lanes { get; init; }

    /// <summary>How sums over replicas are completed with other workers; null when this worker hosts all.</summary>
    public IGradientExchange? Exchange { get; init; }

    /// <summary>Where checkpoints are read from and kept; null for none.</summary>
    public string? CheckpointFolder { get; init; }

    /// <summary>False for a worker that resumes from the folder but leaves writing to another.</summary>
    public bool WritesCheckpoints { get; init; } = true;

    /// <summary>Who hears about progress; null for nobody.</summary>
    public ITrainingObserver? Observer { get; init; }

    /// <summary>
    /// The worker's part changes while it trains: it takes one with <see cref="Trainer.Join"/> before it runs, an iteration that is
    /// aborted is undone, and snapshots and checkpoints are made by the worker that hosts replica 0. <see cref="Hosted"/> and
    /// <see cref="Exchange"/> are not used, and a checkpoint is loaded only where the caller says so.
    /// </summary>
    public bool Elastic { get; init; }

    /// <summary>Replaces the seeded draws.</summary>
    public IReplicaRandomness? Randomness { get; init; }

    /// <summary>Replaces the data set's batches; the trainer disposes it.</summary>
    public IRealBatches? Batches { get; init; }

    /// <summary>Called once with the fresh networks before training: the place to load weights into them. Not called on resuming.</summary>
    public Action<GeneratorNetwork, FeatureProjector, DiscriminatorNetwork>? InitializeWeights { get; init; }

    /// <summary>Ends waits for other workers when cancelled; the trainer is unusable after that.</summary>
    public CancellationToken Abort { get; init; }

    internal IIterationProbe? Probe { get; init; }

    internal StopAgreement? Agreement { get; init; }
}

/// <summary>The time a run has trained, over all its sessions.</summary>
internal sealed class RunClock
{
    private readonly Stopwatch _session = new();
    private TimeSpan _before;
    private TimeSpan _lap;

    public TimeSpan Elapsed
    {
        get => _before + _session.Elapsed;
        set => (_before, _lap) = (value, value);
    }

    public void Start() => _session.Start();

    public void Stop() => _session.Stop();

    /// <summary>The time since the last lap.</summary>
    public TimeSpan Lap()
    {
        var now = Elapsed;
        var lap = now - _lap;
        _lap = now;
        return lap;
    }
}

/// <summary>Lets workers of one process stop at the same iteration's boundary: the first to ask decides for all.</summary>
internal sealed class StopAgreement
{
    private readonly Lock _lock = new();
    private long _decided = -1;
    private bool _stop;

    /// <summary>Whether training ends in front of an iteration.</summary>
    public bool StopsBefore(long iteration, CancellationToken stop)
    {
        lock (_lock)
        {
            if (iteration > _decided)
            {
                (_decided, _stop) = (iteration, stop.IsCancellationRequested);
            }
            return _stop && iteration == _decided;
        }
    }
}
