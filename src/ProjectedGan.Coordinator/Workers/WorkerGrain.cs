using Microsoft.Extensions.Logging;
using ProjectedGan.Coordinator.Contracts;

namespace ProjectedGan.Coordinator.Workers;

/// <inheritdoc cref="IWorkerGrain"/>
internal sealed partial class WorkerGrain(CoordinationOptions options, TimeProvider time, ILogger<WorkerGrain> logger) : Grain, IWorkerGrain
{
    private WorkerRegistration? _registration;
    private WorkerStatus? _status;
    private WorkerAssignment? _assignment;
    private WorkerLease _lease = null!;
    private string _connection = "";
    private bool _drains;
    private DateTimeOffset _registered;
    private DateTimeOffset? _suspiciousSince;
    private DateTimeOffset _phaseSince;
    private long _version;
    private long _sequence;
    private TaskCompletionSource _assigned = new(TaskCreationOptions.RunContinuationsAsynchronously);
    private Task _telling = Task.CompletedTask;
    private bool _untold;

    private string Id => this.GetPrimaryKeyString();

    public override Task OnActivateAsync(CancellationToken cancellationToken)
    {
        _lease = new WorkerLease(options, time.GetUtcNow());
        // Versions grow over restarts of the coordinator without being stored.
        _version = time.GetUtcNow().ToUnixTimeMilliseconds();
        if (options.TickInterval > TimeSpan.Zero)
        {
            this.RegisterGrainTimer(TickAsync, options.TickInterval, options.TickInterval);
        }

        return Task.CompletedTask;
    }

    public Task RegisterAsync(WorkerRegistration registration, string connection)
    {
        _registered = _registration is null ? time.GetUtcNow() : _registered;
        (_registration, _connection) = (registration, connection);
        _lease.Connect(time.GetUtcNow());
        Tell();
        return Task.CompletedTask;
    }

    public Task ReportAsync(WorkerStatus status)
    {
        if (_registration is null)
        {
            throw new NotFoundException($"Worker {Id} is not registered with this coordinator; register again.");
        }

        var now = time.GetUtcNow();
        _lease.Hear(now);
        if (_status is null || _status.Phase != status.Phase || _status.Epoch != status.Epoch || _status.Run != status.Run)
        {
            _phaseSince = now;
            _suspiciousSince = null;
        }

        _suspiciousSince = status.Suspicions.IsDefaultOrEmpty ? null : _suspiciousSince ?? now;
        _status = status with { Draining = status.Draining || _drains, Suspicions = status.Suspicions.IsDefault ? [] : status.Suspicions };
        if (status.Assignment > _version)
        {
            // The clock of an earlier coordinator was ahead of ours.
            _version = status.Assignment;
            if (_assignment is not null)
            {
                Publish(_assignment);
            }
        }

        Tell();
        return Task.CompletedTask;
    }

    public Task DisconnectAsync(string connection)
    {
        if (connection == _connection)
        {
            _lease.Break(time.GetUtcNow());
            Tell();
        }

        return Task.CompletedTask;
    }

    public async Task<WorkerAssignment?> WaitForAssignmentAsync(long knownVersion, CancellationToken cancellationToken)
    {
        var until = time.GetTimestamp();
        while (_assignment is null || _assignment.Version <= knownVersion)
        {
            var left = options.LongPoll - time.GetElapsedTime(until);
            if (left <= TimeSpan.Zero)
            {
                return null;
            }

            try
            {
                await _assigned.Task.WaitAsync(left, time, cancellationToken);
            }
            catch (TimeoutException)
            {
                return null;
            }
        }

        return _assignment;
    }

    public Task<WorkerObservation> AssignAsync(WorkerAssignment assignment)
    {
        Publish(assignment);
        return Task.FromResult(Observation());
    }

    public Task ReleaseAsync(string experiment)
    {
        if (_assignment is null || _assignment.Run?.Id == experiment)
        {
            Publish(new WorkerAssignment { Mode = AssignmentMode.Idle });
        }

        return Task.CompletedTask;
    }

    public Task<WorkerObservation> ObserveAsync() => Task.FromResult(Observation());

    public Task DrainAsync()
    {
        _drains = true;
        _status = _status is null ? null : _status with { Draining = true };
        Tell();
        return Task.CompletedTask;
    }

    public async Task TickAsync()
    {
        if (_lease.Expires(time.GetUtcNow()))
        {
            LogLost(logger, Id, _registration?.Name ?? "");
            // When it comes back its experiment decides anew what it should do.
            _assignment = null;
            _version++;
            Tell();
        }

        if (options.TickInterval == TimeSpan.Zero)
        {
            // Who ticks by itself wants to know when all is done.
            await _telling;
        }
    }

    private void Publish(WorkerAssignment assignment)
    {
        _assignment = assignment with { Version = ++_version };
        var assigned = _assigned;
        _assigned = new TaskCompletionSource(TaskCreationOptions.RunContinuationsAsynchronously);
        assigned.TrySetResult();
    }

    private WorkerObservation Observation() => new()
    {
        Worker = Id,
        Registration = _registration,
        Status = _status,
        Lost = _lease.IsLost,
        Connected = _lease.IsConnected,
        SuspiciousSince = _suspiciousSince,
        PhaseSince = _phaseSince,
        IsAssigned = _assignment is not null,
        Version = _version,
        LastHeard = _lease.LastHeard,
        Activation = GrainContext.ActivationId.ToString(),
        Sequence = ++_sequence,
    };

    // A heartbeat never waits for a slow storage behind an experiment: what is new is told as soon as the last telling is over.
    private void Tell()
    {
        _untold = true;
        if (_telling.IsCompleted)
        {
            _telling = TellAllAsync();
        }
    }

    private async Task TellAllAsync()
    {
        while (_untold)
        {
            _untold = false;
            var observation = Observation();
            try
            {
                if (_registration is not null)
                {
                    await GrainFactory.GetGrain<ISchedulerGrain>(GrainNames.Single).NoteWorkerAsync(observation);
                    await GrainFactory.GetGrain<IWorkerDirectoryGrain>(GrainNames.Single).NoteAsync(WorkerSummaries.Describe(_registration, observation, _assignment, _registered, _lease.LastHeard));
                }

                foreach (var experiment in new[] { _assignment?.Run?.Id ?? "", _status?.Run ?? "" }.Where(id => id.Length > 0).Distinct())
                {
                    await GrainFactory.GetGrain<IExperimentGrain>(experiment).ObserveAsync(observation);
                }
            }
            catch (Exception exception)
            {
                // The next heartbeat tells it again.
                LogNotTold(logger, Id, exception);
            }
        }
    }

    [LoggerMessage(1, LogLevel.Warning, "Worker {Worker} ({Name}) is lost: its lease ran out.")]
    private static partial void LogLost(ILogger logger, string worker, string name);

    [LoggerMessage(2, LogLevel.Warning, "What worker {Worker} does could not be told; the next heartbeat tells it again.")]
    private static partial void LogNotTold(ILogger logger, string worker, Exception exception);
}

/// <summary>How long a silent worker counts as alive.</summary>
internal sealed class WorkerLease(CoordinationOptions options, DateTimeOffset now)
{
    private DateTimeOffset _looked = now;
    private DateTimeOffset? _broken;

    public DateTimeOffset LastHeard { get; private set; } = now;

    public bool IsLost { get; private set; }

    public bool IsConnected { get; private set; }

    public void Connect(DateTimeOffset now)
    {
        (_broken, IsConnected) = (null, true);
        Hear(now);
    }

    public void Hear(DateTimeOffset now) => (LastHeard, IsLost) = (now, false);

    public void Break(DateTimeOffset now) => (_broken, IsConnected) = (now, false);

    /// <summary>Whether the lease ran out just now.</summary>
    public bool Expires(DateTimeOffset now)
    {
        // A coordinator that was stopped itself has heard nobody: its workers get the time back.
        var since = now - _looked;
        if (options.TickInterval > TimeSpan.Zero && since > options.TickInterval + TimeSpan.FromSeconds(2))
        {
            LastHeard += since;
            _broken += since;
        }

        _looked = now;
        var end = LastHeard + options.Lease;
        if (_broken is { } broken && broken + options.BrokenStreamLease < end)
        {
            end = broken + options.BrokenStreamLease;
        }

        var expires = !IsLost && now >= end;
        IsLost |= expires;
        return expires;
    }
}
