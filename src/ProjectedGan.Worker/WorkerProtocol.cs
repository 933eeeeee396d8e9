using ProjectedGan.Hosting.Links;
using ProjectedGan.Protocol.V1;

namespace ProjectedGan.Worker;

/// <summary>The words of the stream between a worker and its coordinator.</summary>
internal static class WorkerProtocol
{
    public static LinkProtocol<WorkerMessage, WorkerCommand> Create(
        Cluster.ClusterClient client, RegisterWorker registration, Func<WorkerStatus> status, Action<Assignment> assigned) => new()
        {
            Open = cancellation => client.Work(cancellationToken: cancellation),
            Registration = new WorkerMessage { Register = registration },
            Status = () => new WorkerMessage { Status = status() },
            RegisteredIn = command => command.Registered,
            IsAck = command => command.Ack is not null,
            Obey = command =>
            {
                if (command.Assignment is { } assignment)
                {
                    assigned(assignment);
                }
            },
        };
}
