using System.Collections.Immutable;
using ProjectedGan.Coordinator.Contracts;

namespace ProjectedGan.Coordinator.Tests.Simulation;

/// <summary>A worker without networks: it obeys its assignments as a real one does, and its state tells how it came about.</summary>
internal sealed class SimulatedWorker(SimulatedWorld world, string id)
{
    private const int StepsBeforeComplaint = 3;

    private readonly Queue<(int StepsLeft, long Iteration, ulong State)> _uploads = new();
    private WorkerAssignment _assignment = new() { Mode = AssignmentMode.Idle };
    private ulong _state;
    private long _known;
    private int _warming;
    private int _stuck;
    private long _broken;
    private long _lastUpload = -1;
    private bool _registered;
    private string _lacking = "";

    public string Id { get; } = id;

    /// <summary>Its host's name, which stays when the process is started again.</summary>
    public string Machine { get; init; } = id;

    public string DeviceKind { get; init; } = "cpu";

    public string Arithmetic { get; init; } = "a";

    public int WarmSteps { get; set; } = 1;

    public int IterationsPerStep { get; set; } = 2;

    public bool IsDead { get; set; }

    /// <summary>As by SIGSTOP.</summary>
    public bool IsFrozen { get; set; }

    public bool Drains { get; set; }

    /// <summary>Peers whose messages it never gets.</summary>
    public HashSet<string> CutOff { get; } = [];

    /// <summary>Peers with which its exchange breaks off, as one that is refused; nobody complains of it.</summary>
    public HashSet<string> BreaksWith { get; } = [];

    /// <summary>Reported as they are, in the current epoch.</summary>
    public ImmutableArray<Suspicion> Suspicions { get; set; } = [];

    public string Error { get; set; } = "";

    public bool ErrorIsEverywhere { get; set; }

    public bool ErrorPasses { get; set; }

    public string HashSuffix { get; set; } = "";

    public bool UploadsFail { get; set; }

    /// <summary>What it has written cannot be uploaded; what it writes in a later epoch can.</summary>
    public bool CheckpointIsDamaged { get; set; }

    public string Run { get; private set; } = "";

    public WorkerPhase Phase { get; private set; }

    public long Epoch { get; private set; }

    public long Iteration { get; private set; } = -1;

    public AssignmentMode Mode => _assignment.Mode;

    /// <summary>How often training was begun anew.</summary>
    public int Starts { get; private set; }

    public async Task StepAsync(IGrainFactory grains, long last, long batch)
    {
        if (IsDead || IsFrozen)
        {
            return;
        }

        var grain = grains.GetGrain<IWorkerGrain>(Id);
        if (!_registered)
        {
            await grain.RegisterAsync(new WorkerRegistration { Id = Id, Name = Machine, DeviceKind = DeviceKind, Arithmetic = Arithmetic, Address = $"http://{Id}" }, "stream");
            _registered = true;
        }

        if (await grain.WaitForAssignmentAsync(_known, CancellationToken.None) is { } assignment)
        {
            Assert.True(assignment.Version > _known);
            _known = assignment.Version;
            Obey(assignment);
        }

        Work(last);
        await UploadAsync(grains, batch);
        try
        {
            await grain.ReportAsync(Status());
        }
        catch (NotFoundException)
        {
            _registered = false;
        }
    }

    private WorkerStatus Status() => new()
    {
        Phase = (Error + _lacking).Length > 0 && Run.Length > 0 ? WorkerPhase.Failed : Phase,
        Run = Run,
        Epoch = Epoch,
        Iteration = Iteration,
        Assignment = _known,
        Error = Error + _lacking,
        ErrorIsEverywhere = ErrorIsEverywhere,
        ErrorPasses = ErrorPasses || _lacking.Length > 0,
        Suspicions = Phase == WorkerPhase.Training ? [.. Suspicions, .. Complaints()] : [],
        WeightsHash = Phase == WorkerPhase.Finished ? SimulatedWorld.Hash(_state) + HashSuffix : "",
        Draining = Drains,
    };

    private void Obey(WorkerAssignment assignment)
    {
        _assignment = assignment;
        _lacking = "";
        var run = assignment.Run?.Id ?? "";
        if (run != Run)
        {
            (Run, Iteration, Epoch, _warming, _lastUpload) = (run, -1, 0, WarmSteps, -1);
            _broken = 0;
            Phase = run.Length == 0 ? WorkerPhase.Idle : WorkerPhase.Warming;
            _uploads.Clear();
        }
    }

    private void Work(long last)
    {
        if (Phase == WorkerPhase.Warming && _warming-- <= 0 && Fetches(_assignment.Run!.Dataset))
        {
            Phase = WorkerPhase.Warm;
        }

        if (Phase is WorkerPhase.Idle or WorkerPhase.Warming || _lacking.Length > 0)
        {
            return;
        }

        switch (_assignment.Mode)
        {
            case AssignmentMode.Warm:
                Phase = WorkerPhase.Warm;
                break;
            case AssignmentMode.Hold:
                (Phase, Epoch) = (WorkerPhase.Held, _assignment.Epoch);
                break;
            case AssignmentMode.Pause:
                (Phase, Epoch) = (WorkerPhase.Held, _assignment.Epoch);
                if (_assignment.Uploads && Iteration > 0 && _lastUpload != Iteration)
                {
                    Enqueue();
                }

                break;
            case AssignmentMode.Train:
                Train(last);
                break;
        }
    }

    private void Train(long last)
    {
        if (_broken == _assignment.Epoch)
        {
            return;
        }

        if (Epoch != _assignment.Epoch || Phase is WorkerPhase.Held or WorkerPhase.Warm)
        {
            (Phase, Epoch, _stuck) = (WorkerPhase.Syncing, _assignment.Epoch, 0);
            Starts++;
        }

        if (Phase != WorkerPhase.Finished && _assignment.Members.Any(member => BreaksWith.Contains(member.Worker)))
        {
            (Phase, _broken) = (WorkerPhase.Warm, Epoch);
            return;
        }

        if (Phase == WorkerPhase.Syncing && !Sync())
        {
            return;
        }

        for (var count = 0; count < IterationsPerStep && Phase == WorkerPhase.Training && Iteration < last; count++)
        {
            if (!_assignment.Members.All(member => IsInStep(member.Worker)))
            {
                _stuck++;
                break;
            }

            _stuck = 0;
            _state = SimulatedWorld.Next(_state, Iteration);
            world.Commit(Run, Epoch, Iteration++, _state);
            if (_assignment.Members[0].Worker == Id && Iteration % world.CheckpointEvery == 0)
            {
                Enqueue();
            }
        }

        if (Phase == WorkerPhase.Training && Iteration == last)
        {
            Phase = WorkerPhase.Finished;
        }

        if (Phase == WorkerPhase.Finished && _assignment.Members[0].Worker == Id && _lastUpload != last)
        {
            Enqueue();
        }
    }

    private bool Sync()
    {
        var start = _assignment.StartIteration;
        if (Iteration != start)
        {
            if (_assignment.StateSource.Length > 0)
            {
                var source = world.Workers[_assignment.StateSource];
                if (!CanHear(source) || source.Run != Run || source.Epoch != Epoch)
                {
                    return false;
                }

                Assert.Equal(start, source.Iteration);
                _state = source._state;
            }
            else
            {
                var checkpoint = _assignment.Run!.Checkpoint;
                Assert.True(start == 0 || checkpoint?.Iteration == start, $"Told to begin at {start} with the checkpoint of {checkpoint?.Iteration}.");
                if (start > 0 && !checkpoint!.Files.All(Fetches))
                {
                    return false;
                }

                _state = start == 0 ? SimulatedWorld.State(0) : world.Download(Run, start);
            }

            Iteration = start;
        }

        // What lies ahead is trained, and uploaded, again.
        (int StepsLeft, long Iteration, ulong State)[] uploads = [.. _uploads.Where(upload => upload.Iteration <= start)];
        _uploads.Clear();
        Array.ForEach(uploads, _uploads.Enqueue);
        _lastUpload = -1;
        if (CheckpointIsDamaged)
        {
            _uploads.Clear();
            CheckpointIsDamaged = false;
        }

        // Nobody trains before everybody has the state.
        Phase = WorkerPhase.Training;
        return true;
    }

    private bool Fetches(ArtifactReference file)
    {
        _lacking = world.Has(file) ? "" : $"The coordinator does not have {file.Name} any more.";
        return _lacking.Length == 0;
    }

    private bool CanHear(SimulatedWorker peer) => peer == this || (!peer.IsDead && !peer.IsFrozen && !CutOff.Contains(peer.Id) && !peer.CutOff.Contains(Id));

    // A peer ahead by one has already sent what this one needs; a finished one has sent all.
    private bool IsInStep(string id)
    {
        var peer = world.Workers[id];
        return CanHear(peer) && peer.Run == Run && peer.Epoch == Epoch && peer.Phase is WorkerPhase.Training or WorkerPhase.Finished && peer.Iteration >= Iteration;
    }

    private IEnumerable<Suspicion> Complaints()
        => _stuck < StepsBeforeComplaint || !world.Complains ? [] : _assignment.Members.Where(member => !CanHear(world.Workers[member.Worker]))
            .Select(member => new Suspicion { Worker = member.Worker, Kind = SuspicionKind.Unreachable });

    private void Enqueue()
    {
        _uploads.Enqueue((world.UploadSteps, Iteration, _state));
        _lastUpload = Iteration;
    }

    private async Task UploadAsync(IGrainFactory grains, long batch)
    {
        if (_uploads.Count == 0 || UploadsFail || CheckpointIsDamaged)
        {
            return;
        }

        (var left, var iteration, var state) = _uploads.Dequeue();
        if (left > 0)
        {
            _uploads.Enqueue((left - 1, iteration, state));
            return;
        }

        try
        {
            await grains.GetGrain<IExperimentGrain>(Run).RecordCheckpointAsync(Id, world.Upload(Run, iteration, state, batch));
        }
        catch (Exception exception) when (exception is not Xunit.Sdk.XunitException)
        {
            // The storage was away, or the coordinator: it is said again.
            _uploads.Enqueue((0, iteration, state));
        }
    }
}
