using Grpc.Core;
using ProjectedGan.Protocol.V1;

namespace ProjectedGan.Hosting.Links;

/// <summary>What a <see cref="CoordinatorLink{TMessage,TCommand}"/> needs to know of its kind of stream.</summary>
/// <typeparam name="TMessage">What the node sends.</typeparam>
/// <typeparam name="TCommand">What the coordinator answers.</typeparam>
public sealed record LinkProtocol<TMessage, TCommand>
{
    public required Func<CancellationToken, AsyncDuplexStreamingCall<TMessage, TCommand>> Open { get; init; }

    /// <summary>Who this node is; the first message of each stream.</summary>
    public required TMessage Registration { get; init; }

    /// <summary>The heartbeat: what the node is doing now.</summary>
    public required Func<TMessage> Status { get; init; }

    /// <summary>The coordinator's answer to the registration; null where a command is something else.</summary>
    public required Func<TCommand, Registered?> RegisteredIn { get; init; }

    /// <summary>Whether a command answers a status.</summary>
    public required Func<TCommand, bool> IsAck { get; init; }

    /// <summary>Told every other command, from the reading task; must return at once.</summary>
    public required Action<TCommand> Obey { get; init; }
}
