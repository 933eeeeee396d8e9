using System.Net;
using System.Net.Sockets;
using Microsoft.AspNetCore.Connections;
using Microsoft.AspNetCore.Server.Kestrel.Transport.Sockets;
using Microsoft.Extensions.Logging.Abstractions;
using Microsoft.Extensions.Options;
using ProjectedGan.Foundation;

namespace ProjectedGan.Coordinator.Clustering;

/// <summary>
/// Where the other coordinators reach this one. It is bound before the silo is made, because a silo must know its address before it listens, and a
/// port that the system chose is only safe from others while it is held.
/// </summary>
internal sealed class SiloSocket : IConnectionListenerFactory
{
    private readonly Socket _socket;

    private SiloSocket(Socket socket) => _socket = socket;

    public IPEndPoint Address => (IPEndPoint)_socket.LocalEndPoint!;

    /// <exception cref="UsageException">The address is in use or not this machine's.</exception>
    public static SiloSocket Bind(IPEndPoint address)
    {
        Socket socket = new(address.AddressFamily, SocketType.Stream, ProtocolType.Tcp);
        try
        {
            socket.Bind(address);
            return new SiloSocket(socket);
        }
        catch (SocketException error)
        {
            socket.Dispose();
            throw new UsageException($"--silo-listen: cannot listen on {address}: {error.Message}. Choose another address, or port 0 for any free one.", error);
        }
    }

    public ValueTask<IConnectionListener> BindAsync(EndPoint endpoint, CancellationToken cancellationToken = default) =>
        new SocketTransportFactory(Options.Create(new SocketTransportOptions { CreateBoundListenSocket = _ => _socket }), NullLoggerFactory.Instance).BindAsync(endpoint, cancellationToken);
}
