using Grpc.Core;
using Microsoft.Extensions.Logging;
using ProjectedGan.Coordinator.Contracts;
using ProjectedGan.Hosting.Artifacts;
using ProjectedGan.Hosting.Serving;
using ProjectedGan.Protocol.V1;

namespace ProjectedGan.Coordinator.Services;

/// <summary>
/// One stream of a worker. Messages are done one after the other: the acknowledgement of a heartbeat says that everything before it is
/// recorded. A message that cannot be recorded just now ends the stream, and the worker sends it again on the next one; one that never can be is
/// dropped.
/// </summary>
internal sealed class WorkerLink(
    IGrainFactory grains, ArtifactStore store, TimeProvider time, WorkerRegistration registration, CommandWriter<WorkerCommand> commands, ILogger logger)
{
    private readonly IWorkerGrain _worker = grains.GetGrain<IWorkerGrain>(registration.Id);
    private readonly string _connection = Guid.NewGuid().ToString("N");

    public async Task RunAsync(IAsyncStreamReader<WorkerMessage> messages, Registered welcome, CancellationToken cancellation)
    {
        await _worker.RegisterAsync(registration, _connection);
        NodeLinkLog.Connected(logger, "worker", registration.Id, registration.Address);
        try
        {
            await commands.WriteAsync(new WorkerCommand { Registered = welcome });
            await NodeStream.RunAsync(end => ReceiveAsync(messages, end), AssignAsync, cancellation);
        }
        finally
        {
            NodeLinkLog.Disconnected(logger, "worker", registration.Id);
            await _worker.DisconnectAsync(_connection);
        }
    }

    private async Task ReceiveAsync(IAsyncStreamReader<WorkerMessage> messages, CancellationToken cancellation)
    {
        while (await messages.MoveNext(cancellation))
        {
            try
            {
                await HandleAsync(messages.Current);
            }
            catch (Exception error) when (error is CoordinationException or FieldException or ArtifactException)
            {
                // About an experiment that is not there any more or not in a state for it, or a message that makes no sense here: the worker
                // could do nothing about it, and would send it again on each stream ahead of everything else.
                NodeLinkLog.Dropped(logger, messages.Current.KindCase.ToString(), registration.Id, error.Message);
            }
        }
    }

    private async Task HandleAsync(WorkerMessage message)
    {
        switch (message.KindCase)
        {
            case WorkerMessage.KindOneofCase.Status:
                await ReportAsync(ClusterMessages.ToRecord(message.Status));
                await commands.WriteAsync(new WorkerCommand { Ack = new HeartbeatAck() });
                break;
            case WorkerMessage.KindOneofCase.Report when message.Report.Progress is { } progress:
                await Experiment(message.Report.Run).ReportProgressAsync(registration.Id, message.Report.Epoch, ClusterMessages.ToRecord(progress));
                break;
            case WorkerMessage.KindOneofCase.Checkpoint:
                StoredFiles.Check(store, message.Checkpoint.Files);
                await Experiment(message.Checkpoint.Run).RecordCheckpointAsync(registration.Id, ClusterMessages.ToRecord(message.Checkpoint));
                break;
            case WorkerMessage.KindOneofCase.Snapshot when message.Snapshot.Weights is not null:
                StoredFiles.Check(store, [message.Snapshot.Weights]);
                await Experiment(message.Snapshot.Run).RecordSnapshotAsync(registration.Id, ClusterMessages.ToRecord(message.Snapshot, time.GetUtcNow()));
                break;
            case WorkerMessage.KindOneofCase.Log:
                await Experiment(message.Log.Run).LogAsync(registration.Id, ClusterMessages.Bounded(message.Log.Level), ClusterMessages.Bounded(message.Log.Text));
                break;
            default:
                NodeLinkLog.Dropped(logger, message.KindCase.ToString(), registration.Id, "It is empty or out of place.");
                break;
        }
    }

    private async Task ReportAsync(Contracts.WorkerStatus status)
    {
        try
        {
            await _worker.ReportAsync(status);
        }
        catch (NotFoundException)
        {
            // Its lease ran out while this stream stood, for example because the process was stopped for a while.
            await _worker.RegisterAsync(registration, _connection);
            await _worker.ReportAsync(status);
        }
    }

    private async Task AssignAsync(CancellationToken cancellation)
    {
        long known = 0;
        while (true)
        {
            if (await _worker.WaitForAssignmentAsync(known, cancellation) is { } assignment)
            {
                known = assignment.Version;
                await commands.WriteAsync(new WorkerCommand { Assignment = ClusterMessages.ToMessage(assignment) });
            }

            cancellation.ThrowIfCancellationRequested();
        }
    }

    private IExperimentGrain Experiment(string id) => id.Length is > 0 and <= 100
        ? grains.GetGrain<IExperimentGrain>(id)
        : throw new NotFoundException($"'{ClusterMessages.Bounded(id)}' is no experiment's id.");
}
