using Microsoft.Extensions.Logging;
using ProjectedGan.AllReduce.Groups;
using ProjectedGan.AllReduce.Reduction;
using ProjectedGan.AllReduce.StateTransfer;
using ProjectedGan.AllReduce.Transport;
using ProjectedGan.Data.Datasets;
using ProjectedGan.Foundation;
using ProjectedGan.Hosting.Artifacts;
using ProjectedGan.Hosting.Links;
using ProjectedGan.Hosting.Runs;
using ProjectedGan.Protocol.V1;
using ProjectedGan.Specification;
using ProjectedGan.Training.Checkpoints;
using ProjectedGan.Training.Iteration;
using ProjectedGan.Training.Runs;
using WireType = ProjectedGan.AllReduce.Groups.WireType;

namespace ProjectedGan.Worker;

/// <summary>
/// A run on this worker: its data set, its networks and its place in the present membership epoch. One call at a time; a cancelled call
/// leaves the training at the boundary between two iterations.
/// </summary>
internal sealed class HostedRun : IAsyncDisposable
{
    private const string SyncedBarrier = "synced";

    // For the coordinator to hear why.
    private static readonly TimeSpan FarewellTime = TimeSpan.FromSeconds(2);

    private readonly HostedRunServices _services;
    private readonly TrainingSpec _spec;
    private readonly ImageDataset _dataset;
    private readonly WorkerObserver _observer;
    private readonly string _checkpoints;
    private readonly string _specYaml;

    // Null after a restart that failed: the old one has gone before the new one is made, since both together may not fit the device.
    private Trainer? _trainer;

    private HostedRun(HostedRunServices services, RunDescription run, TrainingSpec spec, ImageDataset dataset, WorkerObserver observer)
    {
        _services = services;
        _spec = spec;
        _dataset = dataset;
        _observer = observer;
        Id = run.Id;
        _specYaml = run.SpecYaml;
        _checkpoints = Path.Combine(FolderOf(run.Id, services), "checkpoints");
        Directory.CreateDirectory(_checkpoints);
        _trainer = CreateTrainer();
    }

    public string Id { get; }

    /// <summary>Whether it is this run; the spec of one may get a later end while it is kept.</summary>
    public bool Is(RunDescription run) => run.Id == Id && run.SpecYaml == _specYaml;

    /// <summary>Completed iterations; -1 where a restart failed.</summary>
    public long Iteration => _trainer?.Iteration ?? -1;

    private Trainer Trainer => _trainer ?? throw new InvalidOperationException($"Run {Id} has no trainer: its last restart failed.");

    /// <summary>Fetches what the run needs, checks the data set and builds the networks.</summary>
    /// <exception cref="HostedRunException">The spec or the data cannot be trained anywhere.</exception>
    /// <exception cref="PganException">This worker cannot: its disk is full, a device is missing.</exception>
    public static async Task<HostedRun> OpenAsync(RunDescription run, HostedRunServices services, CancellationToken cancellation)
    {
        services.Instruments.Preparing();
        try
        {
            var spec = await RunFiles.LocateAsync(run, services.Artifacts, services.Cache, cancellation);
            return await Task.Run(() => OpenAsync(run, spec, services), cancellation);
        }
        catch
        {
            services.Instruments.Left();
            throw;
        }
    }

    /// <summary>Trains in a membership epoch until the run's end or <paramref name="cancellation"/>.</summary>
    public async Task TrainAsync(Assignment assignment, WorkerState state, CancellationToken cancellation)
    {
        var group = Group(assignment);
        var self = group.Members[group.SelfIndex];
        _observer.Begin(assignment, leads: self.Replicas.First == 0, state);
        using var abort = CancellationTokenSource.CreateLinkedTokenSource(cancellation);
        PeerObserver peers = new(state, _services.Instruments, abort);
        try
        {
            await using var session = group.Members.Count > 1 ? await _services.Peers.OpenAsync(group, peers, abort.Token) : null;
            await SynchroniseAsync(assignment, group, session, abort.Token);
            Trainer.Join(self.Replicas, session, abort.Token);
            await Task.Run(() => Trainer.CatchUp(assignment.Run.CheckpointIteration), CancellationToken.None);
            _services.Instruments.Joined(Id, assignment.Epoch, self.Replicas.Count);
            state.Enter(WorkerPhase.Training);
            using (abort.Token.Register(() => session?.Abort(new OperationCanceledException("The membership epoch is over."))))
            {
                await TrainToTheEndAsync(session, state, abort.Token);
            }
            var hash = await Task.Run(Trainer.StateHash, CancellationToken.None);
            HostedRunLog.Finished(_services.Logger, Id, Iteration, hash);
            state.Finish(hash);
            // Peers may still wait for sums that this worker owns: the session lasts as long as the epoch.
            await Task.Delay(Timeout.Infinite, abort.Token);
        }
        catch (Exception error) when (error is OperationCanceledException or CollectiveException && !cancellation.IsCancellationRequested)
        {
            // A peer is lost. The coordinator hears of it and ends the epoch.
            HostedRunLog.Interrupted(_services.Logger, Id, assignment.Epoch, Iteration, peers.Trouble ?? error.Message);
            state.Enter(WorkerPhase.Warm);
        }
        catch (NonFiniteGradientException error)
        {
            throw new HostedRunException(error.Message, error);
        }
    }

    /// <summary>
    /// Writes a checkpoint of the present state, with which the run ends or pauses, and hands it to the uploads. Where the disk is full it is tried again until there is room; the
    /// experiment's events tell of it.
    /// </summary>
    public async Task SaveAsync(CancellationToken cancellation)
    {
        _observer.Conclude();
        RetryPause pause = new();
        while (true)
        {
            try
            {
                await Task.Run(Trainer.WriteCheckpoint, cancellation);
                _observer.OfferCheckpoint(_checkpoints, Iteration);
                return;
            }
            catch (PganException)
            {
                await Task.Delay(pause.Next(), _services.Time, cancellation);
            }
        }
    }

    /// <inheritdoc cref="RunUploads.Recorded"/>
    public void Recorded(long images) => _observer.Recorded(images);

    public async ValueTask DisposeAsync()
    {
        _services.Instruments.Left();
        // Before the trainer, with which snapshots that are uploaded share tensors. A checkpoint that is written meanwhile is nobody's any more.
        await _observer.DisposeAsync();
        await Task.Run(() =>
        {
            Drop();
            _dataset.Dispose();
            Delete(FolderOf(Id, _services));
        });
    }

    private static async Task<HostedRun> OpenAsync(RunDescription run, TrainingSpec spec, HostedRunServices services)
    {
        var dataset = OpenDataset(run, spec);
        WorkerObserver observer = new(run.Id, spec, services);
        try
        {
            return new HostedRun(services, run, spec, dataset, observer);
        }
        catch (Exception error)
        {
            await observer.DisposeAsync();
            dataset.Dispose();
            Delete(FolderOf(run.Id, services));
            if (error is SpecException)
            {
                throw new HostedRunException(error.Message, error);
            }
            throw;
        }
    }

    private static string FolderOf(string run, HostedRunServices services) => Path.Combine(services.Folder, run);

    private static void Delete(string folder)
    {
        if (Directory.Exists(folder))
        {
            Directory.Delete(folder, recursive: true);
        }
    }

    private async Task WatchedAsync(Task training, CollectiveSession? session, WorkerState state)
    {
        using CancellationTokenSource over = new();
        var stalled = _services.Stall.WaitAsync(
            () => (Trainer.Iteration + (session?.Progress.Submitted ?? 0), session?.Progress.IsPending ?? false), over.Token);
        if (await Task.WhenAny(training, stalled) == stalled)
        {
            var message = $"Iteration {Iteration} has stood still for {_services.Stall.Patience.TotalMinutes:0.#} min, and not for want of peers: the device or the dataset's disk hangs, "
                + "or an iteration takes longer than --stall. The worker ends; the others go on.";
            HostedRunLog.Stalled(_services.Logger, Id, message);
            state.Fail(message, isEverywhere: false, passes: false);
            await Task.Delay(FarewellTime, _services.Time, CancellationToken.None);
            _services.End();
        }
        await over.CancelAsync();
        await training;
    }

    private async Task TrainToTheEndAsync(CollectiveSession? session, WorkerState state, CancellationToken cancellation)
    {
        try
        {
            await WatchedAsync(Trainer.RunAsync(CancellationToken.None), session, state);
        }
        catch (PganException error) when (error is not NonFiniteGradientException && Trainer.IsComplete)
        {
            // Only the checkpoint is missing that the run ends with.
            await SaveAsync(cancellation);
        }
    }

    private static ImageDataset OpenDataset(RunDescription run, TrainingSpec spec)
    {
        ImageDataset dataset;
        try
        {
            dataset = ImageDataset.Open(spec.Data.Path);
        }
        catch (DatasetException error) when (error.InnerException is not IOException)
        {
            throw new HostedRunException($"The dataset {run.Dataset.Name} cannot be used: {error.Message}", error);
        }
        if (dataset.Hash == run.DatasetHash)
        {
            return dataset;
        }
        var found = dataset.Hash;
        dataset.Dispose();
        throw new HostedRunException(
            $"The dataset {run.Dataset.Name} has the hash {found[..12]}…, but the experiment was submitted with {run.DatasetHash[..12]}…; submit it again with the right file.", null);
    }

    private Trainer CreateTrainer() => Trainer.Create(_spec, _dataset, new TrainerOptions
    {
        Elastic = true,
        Lanes = _services.Lanes,
        CheckpointFolder = _checkpoints,
        Observer = _observer,
    });

    private CollectiveGroup Group(Assignment assignment)
    {
        CollectiveGroup group = new(
            Id, assignment.Epoch, _services.Worker, _spec.Replicas, _spec.Reduction.Wire == WirePrecision.BFloat16 ? WireType.BFloat16 : WireType.Float32,
            [.. assignment.Peers.Select(peer => new GroupMember(
                peer.Worker, new Uri(peer.Address), new ReplicaRange(peer.FirstReplica, peer.FirstReplica + peer.ReplicaCount)))]);
        group.Validate();
        return group;
    }

    // Brings every member to the epoch's first iteration before anybody trains.
    private async Task SynchroniseAsync(Assignment assignment, CollectiveGroup group, CollectiveSession? session, CancellationToken cancellation)
    {
        _trainer ??= await Task.Run(CreateTrainer, cancellation);
        if (Iteration != assignment.StartIteration && assignment.StateSource.Length == 0)
        {
            await RestartAsync(assignment, cancellation);
        }
        if (session is null)
        {
            return;
        }
        var state = Trainer.State();
        StateImage image = new(state.Header, state.Tensors);
        using var served = session.ServeState(image);
        if (Iteration != assignment.StartIteration)
        {
            var source = group.Members[group.IndexOf(assignment.StateSource)];
            // Half a copy is no state at all.
            Trainer.Forget();
            var start = _services.Time.GetTimestamp();
            var header = await session.FetchStateAsync(source, image, cancellation);
            _services.Instruments.StateReceived(
                header.Length + state.Tensors.Sum(tensor => tensor.numel() * tensor.element_size()), _services.Time.GetElapsedTime(start));
            Trainer.Adopt(header);
            HostedRunLog.Copied(_services.Logger, Id, Iteration, source.Worker);
        }
        await session.BarrierAsync(SyncedBarrier, cancellation);
    }

    private void Drop()
    {
        var old = _trainer;
        _trainer = null;
        old?.Dispose();
    }

    private async Task RestartAsync(Assignment assignment, CancellationToken cancellation)
    {
        if (assignment.StartIteration == 0)
        {
            await Task.Run(
                () =>
                {
                    Drop();
                    _trainer = CreateTrainer();
                },
                cancellation);
            return;
        }
        var folder = Path.Combine(FolderOf(Id, _services), $"restart-{assignment.StartIteration}");
        Directory.CreateDirectory(folder);
        foreach (var file in assignment.Run.Checkpoint)
        {
            await _services.Artifacts.FetchToAsync(file, Path.Combine(folder, Path.GetFileName(file.Name)), null, cancellation);
        }
        await Task.Run(() => Trainer.Load(CheckpointStore.Open(folder)), cancellation);
        Directory.Delete(folder, recursive: true);
    }
}

/// <summary>What a worker process lends to the run that it hosts.</summary>
internal sealed record HostedRunServices
{
    /// <summary>This worker's id.</summary>
    public required string Worker { get; init; }

    /// <summary>The folder of what belongs to the run alone; emptied when the run leaves.</summary>
    public required string Folder { get; init; }

    /// <summary>Replicas computed side by side; 0 for as many as the processors allow.</summary>
    public required int Lanes { get; init; }

    /// <summary>Datasets and weights that were fetched.</summary>
    public required ArtifactStore Cache { get; init; }

    public required ArtifactClient Artifacts { get; init; }

    public required PeerServer Peers { get; init; }

    /// <summary>Sends news to the coordinator.</summary>
    public required Action<WorkerMessage, Importance> Send { get; init; }

    /// <summary>Where the images that replicas take are written down; null for nowhere.</summary>
    public ImageLedger? Ledger { get; init; }

    public required WorkerInstruments Instruments { get; init; }

    /// <summary>How long training may stand still.</summary>
    public required StallWatch Stall { get; init; }

    /// <summary>Ends the process, whose training cannot be ended any other way.</summary>
    public required Action End { get; init; }

    public required TimeProvider Time { get; init; }

    public required ILogger Logger { get; init; }
}

internal static partial class HostedRunLog
{
    [LoggerMessage(3021, LogLevel.Information, "Run {Run} is complete at iteration {Iteration}; weights {WeightsHash}.")]
    public static partial void Finished(ILogger logger, string run, long iteration, string weightsHash);

    [LoggerMessage(3022, LogLevel.Warning, "Run {Run}: membership epoch {MembershipEpoch} ends here at iteration {Iteration}. {Reason}")]
    public static partial void Interrupted(ILogger logger, string run, long membershipEpoch, long iteration, string reason);

    [LoggerMessage(3023, LogLevel.Information, "Run {Run}: copied the state of iteration {Iteration} from {Worker}.")]
    public static partial void Copied(ILogger logger, string run, long iteration, string worker);

    [LoggerMessage(3024, LogLevel.Warning, "Run {Run}: {What} could not be uploaded; it or a later one will be. {Reason}")]
    public static partial void NotUploaded(ILogger logger, string run, string what, string reason);

    [LoggerMessage(3025, LogLevel.Warning, "Run {Run}: {Message}")]
    public static partial void Degraded(ILogger logger, string run, string message);

    [LoggerMessage(3026, LogLevel.Critical, "Run {Run}: {Message}")]
    public static partial void Stalled(ILogger logger, string run, string message);
}
