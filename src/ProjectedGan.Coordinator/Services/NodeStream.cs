using Grpc.Core;
using ProjectedGan.Hosting.Serving;

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
        using CancellationTokenSource patience = CancellationTokenSource.CreateLinkedTokenSource(cancellation);
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
        using CancellationTokenSource end = CancellationTokenSource.CreateLinkedTokenSource(cancellation);
        Task receiving = receive(end.Token), sending = send(end.Token);
        Task first = await Task.WhenAny(receiving, sending);
        await end.CancelAsync();
        await Task.WhenAll(receiving, sending).ConfigureAwait(ConfigureAwaitOptions.SuppressThrowing);
        await first;
    }
}
