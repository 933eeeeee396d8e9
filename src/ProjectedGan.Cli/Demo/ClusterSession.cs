using ProjectedGan.Cli.Local;
using ProjectedGan.Cli.Runs;
using ProjectedGan.Foundation;
using ProjectedGan.Protocol.V1;
using ProjectedGan.Specification;
using Spectre.Console;
using Progress = ProjectedGan.Protocol.V1.Progress;

namespace ProjectedGan.Cli.Demo;

/// <summary>
/// One sitting of the demo: a cluster on this machine, one experiment on it, followed as any client would, until its time is up or the user
/// stops it. The experiment pauses with a checkpoint, and a later sitting resumes it.
/// </summary>
internal sealed class ClusterSession : IAsyncDisposable
{
    private readonly RunFolder _folder;
    private readonly TrainingSpec _spec;
    private readonly TimeSpan _budget;
    private readonly ProgressView _view = new(AnsiConsole.Console, TimeProvider.System);
    private readonly LocalCluster _cluster;
    private readonly ResultFiles _results;

    private ClusterSession(RunFolder folder, TrainingSpec spec, TimeSpan budget, LocalCluster cluster)
    {
        _folder = folder;
        _spec = spec;
        _budget = budget;
        _cluster = cluster;
        _results = new ResultFiles(folder, spec, cluster);
    }

    /// <summary>Starts the cluster in the run's folder.</summary>
    /// <param name="folder">The run's folder, locked by the caller.</param>
    /// <param name="spec">The demo's spec.</param>
    /// <param name="budget">Training time, over all sittings.</param>
    /// <param name="workers">Worker processes.</param>
    /// <param name="cancellation">Gives up.</param>
    public static async Task<ClusterSession> StartAsync(RunFolder folder, TrainingSpec spec, TimeSpan budget, int workers, CancellationToken cancellation)
    {
        var cluster = await LocalCluster.StartAsync(
            new LocalClusterOptions
            {
                Folder = Path.Combine(folder.Path, "cluster"),
                Workers = workers,
                Evaluators = 1,
                Device = spec.Execution.Device == DeviceKind.Cuda ? "cuda" : "cpu",
            },
            cancellation);
        return new ClusterSession(folder, spec, budget, cluster);
    }

    /// <summary>Trains. Returns why it ended; the folder has the newest checkpoint, grids and distances then.</summary>
    /// <param name="events">Told of what is worth a look.</param>
    /// <param name="stop">Pauses the experiment, with a checkpoint.</param>
    /// <exception cref="PganException">The experiment failed.</exception>
    public async Task<SessionEnd> RunAsync(EventFile events, CancellationToken stop)
    {
        Console.WriteLine($"coordinator {_cluster.Address.GetLeftPart(UriPartial.Authority)}, {_cluster.Workers.Count} workers, 1 evaluator; logs in {Path.Combine(_folder.Path, "cluster")}");
        Console.WriteLine($"watch it in a browser: {_cluster.Page}");
        await _cluster.WaitForNodesAsync(_cluster.Workers.Count, stop);
        var experiment = await _cluster.Experiments.SubmitAsync(
            new SubmitRequest { SpecYaml = TrainingSpecFile.Write(_spec), Name = _folder.Name, RequestId = $"demo-{SpecHash.Compute(_spec)}" }, cancellationToken: stop);
        if (Trained(experiment) < _budget)
        {
            experiment = await _cluster.Experiments.ResumeAsync(new ResumeRequest { Id = experiment.Id }, cancellationToken: stop);
        }
        using (stop.Register(() => _ = PauseAsync(experiment.Id)))
        {
            await FollowAsync(experiment.Id, events, stop);
        }
        experiment = await _cluster.Experiments.GetAsync(new GetRequest { Id = experiment.Id }, cancellationToken: CancellationToken.None);
        _view.Finish();
        if (experiment.State == ExperimentState.Failed)
        {
            throw new PganException($"The experiment failed: {experiment.Reason}");
        }
        await _results.FetchCheckpointAsync(experiment.Id, CancellationToken.None);
        if (stop.IsCancellationRequested)
        {
            return SessionEnd.Interrupted;
        }
        await _results.WaitForEvaluationsAsync(experiment.Id, events, stop);
        return experiment.State == ExperimentState.Completed ? SessionEnd.Complete : SessionEnd.BudgetUsed;
    }

    public ValueTask DisposeAsync() => _cluster.DisposeAsync();

    private static TimeSpan Trained(Experiment experiment) => experiment.Progress?.TrainingTime?.ToTimeSpan() ?? TimeSpan.Zero;

    // Until the experiment rests. A stop has asked for a pause by then, so that this waits for the checkpoint.
    private async Task FollowAsync(string id, EventFile events, CancellationToken stop)
    {
        using var watch = _cluster.Experiments.Watch(new WatchRequest { Id = id }, cancellationToken: CancellationToken.None);
        var isPausing = false;
        while (await watch.ResponseStream.MoveNext(CancellationToken.None))
        {
            var happened = watch.ResponseStream.Current;
            switch (happened.KindCase)
            {
                case Event.KindOneofCase.Progress:
                    Show(happened.Progress);
                    events.Figures(happened.Progress.Images, TrainingFigures.Of(happened.Progress));
                    if (!isPausing && happened.Progress.TrainingTime.ToTimeSpan() >= _budget)
                    {
                        isPausing = true;
                        await PauseAsync(id);
                    }
                    break;
                case Event.KindOneofCase.Snapshot:
                    await _results.FetchSnapshotsAsync(id, events, stop);
                    break;
                case Event.KindOneofCase.Worker:
                    Console.WriteLine(happened.Text);
                    break;
                case Event.KindOneofCase.Transition when await IsRestingAsync(id):
                    return;
            }
        }
    }

    // Events of earlier sittings come again: what counts is the state now.
    private async Task<bool> IsRestingAsync(string id) =>
        (await _cluster.Experiments.GetAsync(new GetRequest { Id = id }, cancellationToken: CancellationToken.None)).State
            is ExperimentState.Paused or ExperimentState.Completed or ExperimentState.Failed or ExperimentState.Cancelled;

    private async Task PauseAsync(string id) =>
        await _cluster.Experiments.PauseAsync(new PauseRequest { Id = id }, cancellationToken: CancellationToken.None);

    private void Show(Progress progress)
    {
        var trained = progress.TrainingTime.ToTimeSpan();
        _view.Report(new TrainingStatus
        {
            Run = _folder.Name,
            ImagesSeen = progress.Images,
            ImagesPerSecond = progress.ImagesPerSecond,
            GeneratorLoss = progress.GeneratorLoss,
            DiscriminatorLoss = progress.DiscriminatorLossGenerated + progress.DiscriminatorLossReal,
            RealSignAccuracy = progress.AccuracyReal,
            FakeSignAccuracy = progress.AccuracyGenerated,
            Distance = _results.Newest,
            Left = _budget > trained ? _budget - trained : TimeSpan.Zero,
            Done = Math.Min(1, trained / _budget),
        });
    }
}
