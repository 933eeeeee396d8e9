using Grpc.Core;
using Microsoft.Extensions.Logging;
using ProjectedGan.Coordinator.Contracts;
using ProjectedGan.Hosting.Artifacts;
using ProjectedGan.Hosting.Serving;
using ProjectedGan.Protocol.V1;

namespace ProjectedGan.Coordinator.Services;

/// <summary>Runs the two halves of a node's stream, and ends both when one of them ends.</summary>
internal static class NodeStream
{
    // A caller that opens a stream and says nothing must not hold it.
    private static readonly TimeSpan RegistrationPatience = TimeSpan.FromSeconds(10);

    /// <summary>The first message.</summary>
    /// <exception cref="FieldException">It is not what it must be, or did not come.</exception>
    public static async Task<TMessage> FirstAsync<TMessage>(IAsyncStreamReader<TMessage> messages, Func<TMessage, bool> isRegistration, CancellationToken cancellation)
    {
        using var patience = CancellationTokenSource.CreateLinkedTokenSource(cancellation);
        patience.CancelAfter(RegistrationPatience);
        try
        {
            if (await messages.MoveNext(patience.Token) && isRegistration(messages.Current))
            {
                return messages.Current;
            }
        }
        catch (Exception error) when (error is OperationCanceledException or RpcException && !cancellation.IsCancellationRequested)
        {
            // Told below like any other wrong beginning.
        }

        throw new FieldException("register", "The first message of a node's stream must register it.");
    }

    /// <param name="receive">Ends when the node has closed its side.</param>
    /// <param name="send">Ends only by cancellation.</param>
    /// <param name="cancellation">The call's.</param>
    public static async Task RunAsync(Func<CancellationToken, Task> receive, Func<CancellationToken, Task> send, CancellationToken cancellation)
    {
        using var end = CancellationTokenSource.CreateLinkedTokenSource(cancellation);
        Task receiving = receive(end.Token), sending = send(end.Token);
        var first = await Task.WhenAny(receiving, sending);
        await end.CancelAsync();
        await Task.WhenAll(receiving, sending).ConfigureAwait(ConfigureAwaitOptions.SuppressThrowing);
        await first;
    }
}

/// <summary>Lets the two halves of a stream's handler write to it: gRPC takes one message at a time.</summary>
internal sealed class CommandWriter<T>(IServerStreamWriter<T> stream, CancellationToken cancellation) : IDisposable
{
    private readonly SemaphoreSlim _turn = new(1);

    public async Task WriteAsync(T command)
    {
        await _turn.WaitAsync(cancellation);
        try
        {
            await stream.WriteAsync(command, cancellation);
        }
        finally
        {
            _turn.Release();
        }
    }

    public void Dispose() => _turn.Dispose();
}

internal static partial class NodeLinkLog
{
    [LoggerMessage(132, LogLevel.Information, "The {Role} {Node} connected; {Address}")]
    public static partial void Connected(ILogger logger, string role, string node, string address);

    [LoggerMessage(133, LogLevel.Information, "The {Role} {Node} disconnected")]
    public static partial void Disconnected(ILogger logger, string role, string node);

    [LoggerMessage(134, LogLevel.Warning, "{Message} of {Node} is dropped: {Reason}")]
    public static partial void Dropped(ILogger logger, string message, string node, string reason);
}

/// <summary>Holds nodes to their word: what they announce must lie in the store as a whole.</summary>
internal static class StoredFiles
{
    /// <exception cref="CoordinationException">A file is missing, or has another length than announced.</exception>
    public static void Check(ArtifactStore store, IEnumerable<Artifact> files)
    {
        foreach (var file in files)
        {
            var state = ArtifactDigest.IsDigest(file.Digest) ? store.Stat(ArtifactDigest.Parse(file.Digest)) : default;
            if (!state.Complete || state.Bytes != file.Bytes)
            {
                throw new CoordinationException($"Artifact '{ClusterMessages.Bounded(file.Digest)}' of {file.Bytes} bytes is announced, but not here as a whole.");
            }
        }
    }
}
