using System.Threading.Channels;
using Microsoft.Extensions.Logging;
using ProjectedGan.Foundation;
using ProjectedGan.Hosting.Artifacts;
using ProjectedGan.Hosting.Runs;
using ProjectedGan.Protocol.V1;
using ProjectedGan.Tensors;

namespace ProjectedGan.Worker;

/// <summary>
/// Does what the coordinator assigns. Only the newest assignment counts: whatever is under way for the one before is stopped at an
/// iteration's boundary first. A run that it is sent away from is kept for a while: a coordinator that lost sight of this worker for a moment
/// sends it there again, and what it trained and uploads is as good as before; unless it failed.
/// </summary>
/// <param name="state">What this worker tells about itself.</param>
/// <param name="open">Prepares for a run: fetches files, checks the dataset, builds networks.</param>
/// <param name="time">Measures how long a run is kept.</param>
/// <param name="logger">The worker's log.</param>
internal sealed partial class RunAgent(WorkerState state, Func<RunDescription, CancellationToken, Task<HostedRun>> open, TimeProvider time, ILogger logger)
{
    // The scheduler grants a worker that is back within moments.
    private static readonly TimeSpan Keep = TimeSpan.FromSeconds(10);

    private readonly Channel<Assignment> _assignments = Channel.CreateBounded<Assignment>(
        new BoundedChannelOptions(1) { FullMode = BoundedChannelFullMode.DropOldest });
    private HostedRun? _run;

    /// <summary>Takes the newest assignment; returns at once.</summary>
    public void Assign(Assignment assignment) => _assignments.Writer.TryWrite(assignment);

    /// <summary>Follows assignments until <paramref name="stop"/>, then leaves the run.</summary>
    public async Task RunAsync(CancellationToken stop)
    {
        Assignment? current = null;
        var activity = Task.CompletedTask;
        CancellationTokenSource ends = new();
        try
        {
            while (true)
            {
                var next = await _assignments.Reader.ReadAsync(stop);
                if (IsSame(current, next))
                {
                    state.Acknowledge(next.Version);
                    _run?.Recorded(next.RecordedSnapshot);
                    current = next;
                    continue;
                }
                LogAssigned(logger, next.Mode.ToString(), next.Run?.Id ?? "", next.Epoch, next.StartIteration);
                await ends.CancelAsync();
                await activity;
                ends.Dispose();
                ends = new CancellationTokenSource();
                current = next;
                activity = FollowAsync(next, ends.Token);
            }
        }
        catch (OperationCanceledException) when (stop.IsCancellationRequested)
        {
            // The process ends.
        }
        finally
        {
            await ends.CancelAsync();
            await activity;
            ends.Dispose();
            await LeaveAsync();
        }
    }

    private static bool IsSame(Assignment? current, Assignment next) =>
        current is not null && current.Mode == next.Mode && current.Epoch == next.Epoch && current.Run?.Id == next.Run?.Id
        && current.UploadsCheckpoint == next.UploadsCheckpoint && next.Mode is not AssignmentMode.Idle;

    private async Task FollowAsync(Assignment assignment, CancellationToken cancellation)
    {
        try
        {
            if (assignment.Mode == AssignmentMode.Idle)
            {
                if (state.Phase == WorkerPhase.Failed)
                {
                    await LeaveAsync();
                }
                state.Rest(assignment.Version);
                if (_run is not null)
                {
                    await Task.Delay(Keep, time, cancellation);
                    await LeaveAsync();
                }
                return;
            }
            if (_run is null || !_run.Is(assignment.Run))
            {
                await LeaveAsync();
                state.Begin(assignment, WorkerPhase.Warming);
                _run = await open(assignment.Run, cancellation);
            }
            state.Follow(() => _run?.Iteration ?? -1);
            _run!.Recorded(assignment.RecordedSnapshot);
            await FollowAsync(_run, assignment, cancellation);
        }
        catch (Exception error) when (cancellation.IsCancellationRequested)
        {
            // Stopping breaks streams and waits in many ways, and the training is at a boundary after each of them. The next assignment decides what comes now.
            if (error is not OperationCanceledException)
            {
                LogStopped(logger, error, ErrorLine.Of(error));
            }
        }
        catch (HostedRunException error)
        {
            LogFailed(logger, error, ErrorLine.Of(error));
            state.Fail(ErrorLine.Of(error), isEverywhere: true, passes: false);
        }
        catch (Exception error)
        {
            LogFailed(logger, error, ErrorLine.Of(error));
            state.Fail(ErrorLine.Of(error), isEverywhere: false, ArtifactException.Passes(error));
        }
    }

    private async Task FollowAsync(HostedRun run, Assignment assignment, CancellationToken cancellation)
    {
        switch (assignment.Mode)
        {
            case AssignmentMode.Warm:
                state.Begin(assignment, WorkerPhase.Warm);
                break;
            case AssignmentMode.Hold:
                state.Begin(assignment, WorkerPhase.Held);
                break;
            case AssignmentMode.Pause:
                if (assignment.UploadsCheckpoint)
                {
                    await run.SaveAsync(cancellation);
                }
                state.Begin(assignment, WorkerPhase.Held);
                break;
            case AssignmentMode.Train:
                state.Begin(assignment, WorkerPhase.Syncing);
                await run.TrainAsync(assignment, state, cancellation);
                break;
        }
    }

    private async Task LeaveAsync()
    {
        var run = _run;
        _run = null;
        if (run is not null)
        {
            await run.DisposeAsync();
        }
        else if (state.Phase == WorkerPhase.Idle)
        {
            // There was none, and the first one is not to wait for a collection.
            return;
        }
        // One that failed while it was opened has left its memory, too.
        TorchRuntime.GiveMemoryBack();
    }

    [LoggerMessage(3011, LogLevel.Information, "Assigned {Mode} of run {Run}, membership epoch {MembershipEpoch}, from iteration {Iteration}.")]
    private static partial void LogAssigned(ILogger logger, string mode, string run, long membershipEpoch, long iteration);

    [LoggerMessage(3012, LogLevel.Error, "The run cannot go on here. {Reason}")]
    private static partial void LogFailed(ILogger logger, Exception error, string reason);

    [LoggerMessage(3013, LogLevel.Information, "What was under way for the assignment before ended by an error: {Reason}")]
    private static partial void LogStopped(ILogger logger, Exception error, string reason);
}
