using System.Collections.Concurrent;
using System.Net;
using System.Net.Sockets;

namespace ProjectedGan.Cli.Tests.Clusters;

/// <summary>
/// A network link that can be cut or go bad: a TCP relay on the loopback interface. While it is cut nothing passes and nothing is refused, as
/// with a pulled cable.
/// </summary>
internal sealed class CuttableProxy : IAsyncDisposable
{
    private readonly TcpListener _listener = new(IPAddress.Loopback, 0);
    private readonly ConcurrentDictionary<Socket, bool> _sockets = new();
    private readonly CancellationTokenSource _stop = new();
    private readonly Task _accepting;
    private TaskCompletionSource _whole = new();

    public CuttableProxy(int targetPort = 0)
    {
        TargetPort = targetPort;
        _whole.SetResult();
        _listener.Start();
        _accepting = Task.Run(AcceptAsync);
    }

    /// <summary>Where connections lead; may be set later than the proxy is made.</summary>
    public int TargetPort { get; set; }

    /// <summary>What the target sends over HTTP/2 is damaged on its way; see <see cref="FrameDamage"/>.</summary>
    public bool Damages { get; set; }

    public string Address => $"http://127.0.0.1:{((IPEndPoint)_listener.LocalEndpoint).Port}";

    public void Cut() => _whole = new TaskCompletionSource(TaskCreationOptions.RunContinuationsAsynchronously);

    /// <summary>The link is there again; connections of before are dead.</summary>
    public void Mend()
    {
        Reset();
        _whole.TrySetResult();
    }

    /// <summary>Breaks all connections, as a router that restarts.</summary>
    public void Reset()
    {
        foreach (var socket in _sockets.Keys)
        {
            socket.Dispose();
        }
    }

    public async ValueTask DisposeAsync()
    {
        await _stop.CancelAsync();
        _listener.Dispose();
        Mend();
        await _accepting;
        _stop.Dispose();
    }

    private async Task AcceptAsync()
    {
        while (!_stop.IsCancellationRequested)
        {
            try
            {
                var inner = await _listener.AcceptSocketAsync(_stop.Token);
                _ = RelayAsync(inner);
            }
            catch (Exception error) when (error is OperationCanceledException or SocketException or ObjectDisposedException)
            {
                return;
            }
        }
    }

    private async Task RelayAsync(Socket inner)
    {
        using Socket outer = new(SocketType.Stream, ProtocolType.Tcp) { NoDelay = true };
        inner.NoDelay = true;
        (_sockets[inner], _sockets[outer]) = (true, true);
        try
        {
            await _whole.Task.WaitAsync(_stop.Token);
            await outer.ConnectAsync(IPAddress.Loopback, TargetPort, _stop.Token);
            FrameDamage damage = new();
            await Task.WhenAny(PumpAsync(inner, outer, _ => { }), PumpAsync(outer, inner, bytes => damage.Pass(bytes.Span, Damages)));
        }
        catch (Exception error) when (error is OperationCanceledException or SocketException or ObjectDisposedException)
        {
            // The connection is over, which is what the ends learn below.
        }
        finally
        {
            _sockets.TryRemove(inner, out _);
            _sockets.TryRemove(outer, out _);
            inner.Dispose();
        }
    }

    private async Task PumpAsync(Socket from, Socket to, Action<Memory<byte>> alter)
    {
        var buffer = new byte[1 << 16];
        try
        {
            while (await from.ReceiveAsync(buffer, _stop.Token) is > 0 and int count)
            {
                await _whole.Task.WaitAsync(_stop.Token);
                alter(buffer.AsMemory(0, count));
                for (var sent = 0; sent < count;)
                {
                    sent += await to.SendAsync(buffer.AsMemory(sent, count - sent), _stop.Token);
                }
            }
        }
        catch (Exception error) when (error is OperationCanceledException or SocketException or ObjectDisposedException)
        {
            // As in RelayAsync.
        }
    }
}
