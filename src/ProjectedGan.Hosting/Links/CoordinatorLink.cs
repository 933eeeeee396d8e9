using System.Threading.Channels;
using Grpc.Core;
using Microsoft.Extensions.Logging;
using ProjectedGan.Foundation;
using ProjectedGan.Hosting.Security;
using ProjectedGan.Protocol.V1;

namespace ProjectedGan.Hosting.Links;

/// <summary>
/// A node's stream to its coordinator: registers, sends the node's status as a heartbeat, takes commands, and connects again for as long
/// as it takes. What the node is doing does not depend on it.
/// </summary>
/// <typeparam name="TMessage">What the node sends.</typeparam>
/// <typeparam name="TCommand">What the coordinator answers.</typeparam>
/// <param name="protocol">The words of this kind of node.</param>
/// <param name="time">The clock.</param>
/// <param name="logger">The node's log.</param>
public sealed partial class CoordinatorLink<TMessage, TCommand>(LinkProtocol<TMessage, TCommand> protocol, TimeProvider time, ILogger logger)
    where TMessage : class
{
    private static readonly TimeSpan FirstPause = TimeSpan.FromMilliseconds(200);
    private static readonly TimeSpan LongestPause = TimeSpan.FromSeconds(2);
    private readonly Channel<bool> _wake = Channel.CreateBounded<bool>(new BoundedChannelOptions(1) { FullMode = BoundedChannelFullMode.DropWrite });
    private readonly MessageOutbox<TMessage> _outbox = new();
    private TimeSpan _heartbeat = TimeSpan.FromSeconds(1);

    /// <summary>The status has changed: the coordinator learns it at once.</summary>
    public void Wake() => _wake.Writer.TryWrite(true);

    /// <summary>Sends news once the stream is there; kept until the coordinator has confirmed it.</summary>
    public void Send(TMessage message, Importance importance)
    {
        _outbox.Add(message, importance);
        Wake();
    }

    /// <summary>Keeps the stream up until <paramref name="stop"/>.</summary>
    /// <exception cref="PganException">The coordinator refuses this node for good: another version, or no right to work here.</exception>
    public async Task RunAsync(CancellationToken stop)
    {
        var pause = FirstPause;
        var isLost = false;
        while (!stop.IsCancellationRequested)
        {
            try
            {
                await ConnectAsync(() => (pause, isLost) = (FirstPause, false), stop);
            }
            catch (Exception) when (stop.IsCancellationRequested)
            {
                return;
            }
            catch (RpcException error) when (error.StatusCode is StatusCode.FailedPrecondition or StatusCode.Unauthenticated or StatusCode.PermissionDenied)
            {
                throw new PganException($"The coordinator refuses this node: {error.Status.Detail}", error);
            }
            catch (Exception error) when (error is RpcException or IOException or InvalidOperationException)
            {
                if (!isLost)
                {
                    LogLost(logger, error is RpcException rpc && ConnectionFailure.Is(rpc) ? ConnectionFailure.Describe(rpc) : error.Message);
                    isLost = true;
                }
            }
            await Task.Delay(pause, time, stop).ConfigureAwait(ConfigureAwaitOptions.SuppressThrowing);
            pause = pause * 2 > LongestPause ? LongestPause : pause * 2;
        }
    }

    private async Task ConnectAsync(Action connected, CancellationToken stop)
    {
        using var ends = CancellationTokenSource.CreateLinkedTokenSource(stop);
        using var call = protocol.Open(ends.Token);
        await call.RequestStream.WriteAsync(protocol.Registration, ends.Token);
        _outbox.Restart();
        var reading = ReadAsync(call.ResponseStream, connected, ends.Token);
        var writing = WriteAsync(call.RequestStream, ends.Token);
        // Whichever ends first ends both; the reader has the server's own words.
        await Task.WhenAny(reading, writing);
        if (!reading.IsCompleted)
        {
            using var patience = new CancellationTokenSource(_heartbeat, time);
            await reading.WaitAsync(patience.Token).ConfigureAwait(ConfigureAwaitOptions.SuppressThrowing);
        }
        await ends.CancelAsync();
        await Task.WhenAll(reading, writing).ConfigureAwait(ConfigureAwaitOptions.SuppressThrowing);
        await (reading.IsFaulted || !writing.IsFaulted ? reading : writing);
    }

    private async Task ReadAsync(IAsyncStreamReader<TCommand> commands, Action connected, CancellationToken stop)
    {
        while (await commands.MoveNext(stop))
        {
            if (protocol.RegisteredIn(commands.Current) is { } registered)
            {
                _heartbeat = registered.HeartbeatInterval.ToTimeSpan();
                connected();
                LogConnected(logger, registered.CoordinatorVersion);
                Wake();
            }
            else if (protocol.IsAck(commands.Current))
            {
                _outbox.Confirm();
            }
            else
            {
                protocol.Obey(commands.Current);
            }
        }
    }

    private async Task WriteAsync(IClientStreamWriter<TMessage> messages, CancellationToken stop)
    {
        while (true)
        {
            while (_outbox.Next() is { } message)
            {
                await messages.WriteAsync(message, stop);
            }
            _outbox.StatusFollows();
            await messages.WriteAsync(protocol.Status(), stop);
            using var timer = new CancellationTokenSource(_heartbeat, time);
            using var either = CancellationTokenSource.CreateLinkedTokenSource(stop, timer.Token);
            try
            {
                await _wake.Reader.ReadAsync(either.Token);
            }
            catch (OperationCanceledException) when (!stop.IsCancellationRequested)
            {
                // Time for a heartbeat.
            }
        }
    }

    [LoggerMessage(3001, LogLevel.Information, "Connected to a coordinator of version {Version}.")]
    private static partial void LogConnected(ILogger logger, string version);

    [LoggerMessage(3002, LogLevel.Warning, "The coordinator is away; connecting again until it answers. Training goes on. {Reason}")]
    private static partial void LogLost(ILogger logger, string reason);
}

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
