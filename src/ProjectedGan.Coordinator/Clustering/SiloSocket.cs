using System.Globalization;
using System.Net;
using System.Net.Sockets;
using Microsoft.AspNetCore.Connections;
using Microsoft.AspNetCore.Server.Kestrel.Transport.Sockets;
using Microsoft.Extensions.Logging.Abstractions;
using Microsoft.Extensions.Options;
using Npgsql;
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

/// <summary>The value of <c>--silo-listen</c>.</summary>
/// <param name="Interface">Null for the one by which this machine reaches the database: where that is, the other coordinators are as well.</param>
/// <param name="Port">0 lets the system choose.</param>
public sealed record SiloListen(IPAddress? Interface, int Port)
{
    // Nothing is sent there: the system is asked for its way to an address.
    private const int AnyPort = 9;

    /// <param name="text">HOST:PORT; HOST is an address or *.</param>
    /// <exception cref="UsageException">The text is no such address.</exception>
    public static SiloListen Parse(string text)
    {
        var colon = text.LastIndexOf(':');
        var host = colon < 0 ? "" : text[..colon].Trim('[', ']');
        IPAddress? address = null;
        return (host == "*" || IPAddress.TryParse(host, out address))
            && int.TryParse(text.AsSpan(colon + 1), NumberStyles.None, CultureInfo.InvariantCulture, out var port) && port <= IPEndPoint.MaxPort
            && !Equals(address, IPAddress.Any) && !Equals(address, IPAddress.IPv6Any)
            ? new(address, port)
            : throw new UsageException($"--silo-listen '{text}' is no HOST:PORT; HOST is an IP address under which other coordinators reach this machine, or *; port 0 is any free one: *:0.");
    }

    /// <exception cref="UsageException">The database's host is not known.</exception>
    public IPEndPoint Resolve(string connectionString) => new(Interface ?? Towards(connectionString), Port);

    private static IPAddress Towards(string connectionString)
    {
        var host = (new NpgsqlConnectionStringBuilder(connectionString).Host ?? "").Split(',')[0];
        if (host.StartsWith('/'))
        {
            // A socket in a folder: the server is on this machine, and so is everybody who uses it.
            return IPAddress.Loopback;
        }

        try
        {
            using Socket socket = new(SocketType.Dgram, ProtocolType.Udp);
            socket.Connect(host, AnyPort);
            var own = ((IPEndPoint)socket.LocalEndPoint!).Address;
            return own.IsIPv4MappedToIPv6 ? own.MapToIPv4() : own;
        }
        catch (SocketException error)
        {
            throw new UsageException($"--connection-string: this machine knows no way to '{host}' ({error.Message}). Check the Host, or name this machine's own address in --silo-listen.", error);
        }
    }
}
