using ProjectedGan.Hosting.Links;
using ProjectedGan.Protocol.V1;

namespace ProjectedGan.Evaluator;

/// <summary>The words of the stream between an evaluator and its coordinator.</summary>
internal static class EvaluatorProtocol
{
    public static LinkProtocol<EvaluatorMessage, EvaluatorCommand> Create(
        Cluster.ClusterClient client, RegisterEvaluator registration, EvaluatorAgent agent) => new()
        {
            Open = cancellation => client.Evaluate(cancellationToken: cancellation),
            Registration = new EvaluatorMessage { Register = registration },
            Status = () => new EvaluatorMessage { Status = agent.Status() },
            RegisteredIn = command => command.Registered,
            IsAck = command => command.Ack is not null,
            Obey = agent.Obey,
        };
}
