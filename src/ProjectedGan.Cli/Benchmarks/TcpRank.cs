using System.Net;
using System.Net.Sockets;

namespace ProjectedGan.Cli.Benchmarks;

/// <summary>The ceiling: moves the bytes of an all-reduce over plain TCP, 2/W of the tensor each way between each pair, and sums nothing.</summary>
internal sealed class TcpRank : IAllreduceRank
{
    private const int PieceBytes = 256 << 10;

    private readonly int _rank;
    private readonly long _bytes;
    private readonly TcpListener _listener = new(IPAddress.Loopback, 0);
    private readonly List<Socket> _peers = [];
    private readonly byte[] _source;

    public TcpRank(int rank, long bytes)
    {
        (_rank, _bytes, _source) = (rank, bytes, new byte[bytes]);
        _listener.Start();
    }

    public string Address => _listener.LocalEndpoint.ToString()!;

    public async Task ConnectAsync(string[] addresses, CancellationToken cancellation)
    {
        for (var peer = 0; peer < _rank; peer++)
        {
            Socket socket = new(SocketType.Stream, ProtocolType.Tcp) { NoDelay = true };
            await socket.ConnectAsync(IPEndPoint.Parse(addresses[peer]), cancellation);
            _peers.Add(socket);
        }

        while (_peers.Count < addresses.Length - 1)
        {
            var socket = await _listener.AcceptSocketAsync(cancellation);
            socket.NoDelay = true;
            _peers.Add(socket);
        }
    }

    public Task BarrierAsync(CancellationToken cancellation)
    {
        Exchange(1);
        return Task.CompletedTask;
    }

    public void Sum(int round) => Exchange(_bytes * 2 / (_peers.Count + 1));

    public ValueTask DisposeAsync()
    {
        _peers.ForEach(peer => peer.Dispose());
        _listener.Dispose();
        return ValueTask.CompletedTask;
    }

    private void Exchange(long bytes)
    {
        List<Thread> threads = [];
        foreach (var peer in _peers)
        {
            threads.Add(new Thread(() => Send(peer, bytes)));
            threads.Add(new Thread(() => Receive(peer, bytes)));
        }

        threads.ForEach(thread => thread.Start());
        threads.ForEach(thread => thread.Join());
    }

    private void Send(Socket peer, long bytes)
    {
        for (long sent = 0; sent < bytes;)
        {
            var from = sent % _source.Length;
            sent += peer.Send(_source.AsSpan((int)from, (int)Math.Min(PieceBytes, Math.Min(bytes - sent, _source.Length - from))));
        }
    }

    private static void Receive(Socket peer, long bytes)
    {
        var piece = new byte[PieceBytes];
        for (long received = 0; received < bytes;)
        {
            var count = peer.Receive(piece.AsSpan(0, (int)Math.Min(PieceBytes, bytes - received)));
            received += count > 0 ? count : throw new IOException("The peer has gone.");
        }
    }
}
