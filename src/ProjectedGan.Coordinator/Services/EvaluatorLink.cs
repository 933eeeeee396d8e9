using Grpc.Core;
using Microsoft.Extensions.Logging;
using ProjectedGan.Coordinator.Contracts;
using ProjectedGan.Hosting.Artifacts;
using ProjectedGan.Hosting.Serving;
using ProjectedGan.Protocol.V1;

namespace ProjectedGan.Coordinator.Services;

/// <summary>One stream of an evaluator.</summary>
internal sealed class EvaluatorLink(
    IGrainFactory grains, ArtifactStore store, EvaluatorRegistration registration, CommandWriter<Protocol.V1.EvaluatorCommand> commands, ILogger logger)
{
    private readonly IEvaluationQueueGrain _queue = grains.GetGrain<IEvaluationQueueGrain>(GrainNames.Single);
    private readonly string _connection = Guid.NewGuid().ToString("N");

    public static EvaluatorRegistration ToRecord(RegisterEvaluator message) => new()
    {
        Id = message.Id,
        Name = ClusterMessages.Bounded(message.Name),
        DeviceKind = message.DeviceKind,
        Device = ClusterMessages.Bounded(message.Device),
        Version = ClusterMessages.Bounded(message.Version),
    };

    public async Task RunAsync(IAsyncStreamReader<EvaluatorMessage> messages, Registered welcome, CancellationToken cancellation)
    {
        await _queue.RegisterAsync(registration, _connection);
        NodeLinkLog.Connected(logger, "evaluator", registration.Id, "");
        try
        {
            await commands.WriteAsync(new Protocol.V1.EvaluatorCommand { Registered = welcome });
            await NodeStream.RunAsync(end => ReceiveAsync(messages, end), AssignAsync, cancellation);
        }
        finally
        {
            NodeLinkLog.Disconnected(logger, "evaluator", registration.Id);
            await _queue.DisconnectAsync(registration.Id, _connection);
        }
    }

    private async Task ReceiveAsync(IAsyncStreamReader<EvaluatorMessage> messages, CancellationToken cancellation)
    {
        while (await messages.MoveNext(cancellation))
        {
            try
            {
                await HandleAsync(messages.Current);
            }
            catch (Exception error) when (error is CoordinationException or FieldException or ArtifactException)
            {
                NodeLinkLog.Dropped(logger, messages.Current.KindCase.ToString(), registration.Id, error.Message);
            }
        }
    }

    private async Task HandleAsync(EvaluatorMessage message)
    {
        switch (message.KindCase)
        {
            case EvaluatorMessage.KindOneofCase.Status:
                await ReportAsync(new Contracts.EvaluatorStatus
                {
                    Task = ClusterMessages.Bounded(message.Status.Task),
                    Progress = message.Status.Progress,
                    Draining = message.Status.Draining,
                });
                await commands.WriteAsync(new Protocol.V1.EvaluatorCommand { Ack = new HeartbeatAck() });
                break;
            case EvaluatorMessage.KindOneofCase.Result:
                StoredFiles.Check(store, new[] { message.Result.Grid, message.Result.Walk, message.Result.Neighbours }.OfType<Artifact>());
                await _queue.CompleteAsync(registration.Id, ClusterMessages.Bounded(message.Result.Task), ClusterMessages.ToRecord(message.Result));
                break;
            default:
                NodeLinkLog.Dropped(logger, message.KindCase.ToString(), registration.Id, "It is empty or out of place.");
                break;
        }
    }

    private async Task ReportAsync(Contracts.EvaluatorStatus status)
    {
        try
        {
            await _queue.ReportAsync(registration.Id, status);
        }
        catch (NotFoundException)
        {
            await _queue.RegisterAsync(registration, _connection);
            await _queue.ReportAsync(registration.Id, status);
        }
    }

    private async Task AssignAsync(CancellationToken cancellation)
    {
        long known = 0;
        var task = "";
        while (true)
        {
            if (await _queue.WaitForCommandAsync(registration.Id, known, cancellation) is { } command)
            {
                known = command.Version;
                if (command.Task is { } next)
                {
                    task = next.Id;
                    await commands.WriteAsync(new Protocol.V1.EvaluatorCommand { Task = ClusterMessages.ToMessage(next) });
                }
                else if (task.Length > 0)
                {
                    await commands.WriteAsync(new Protocol.V1.EvaluatorCommand { Abandon = task });
                    task = "";
                }
            }

            cancellation.ThrowIfCancellationRequested();
        }
    }
}
