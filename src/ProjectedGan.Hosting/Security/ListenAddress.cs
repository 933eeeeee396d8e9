using System.Net;
using ProjectedGan.Foundation;

namespace ProjectedGan.Hosting.Security;

/// <summary>Where a server listens: an interface and a port, with TLS or without.</summary>
/// <param name="Interface">The address of the interface; null for all.</param>
/// <param name="Port">0 lets the system choose.</param>
/// <param name="IsTls">https.</param>
public sealed record ListenAddress(IPAddress? Interface, int Port, bool IsTls)
{
    public bool IsLoopback => Interface is not null && IPAddress.IsLoopback(Interface);

    /// <param name="option">The option's name, for the message.</param>
    /// <param name="text">http(s)://HOST:PORT; HOST is an address, localhost, or * for all interfaces.</param>
    /// <exception cref="UsageException">The text is no such address.</exception>
    public static ListenAddress Parse(string option, string text)
    {
        var all = text.Contains("://*", StringComparison.Ordinal);
        var address = NodeChannel.ParseAddress(option, all ? text.Replace("://*", "://0.0.0.0", StringComparison.Ordinal) : text);
        var host = address.Host.Trim('[', ']');
        var found = all || host is "0.0.0.0" or "::" ? null
            : host == "localhost" ? IPAddress.Loopback
            : IPAddress.TryParse(host, out var given) ? given
            : throw new UsageException($"{option}: '{host}' is no address of this machine; use an IP address, localhost, or * for all interfaces.");
        return new(found, address.Port, address.Scheme == "https");
    }

    /// <summary>Refuses what would let strangers in.</summary>
    /// <exception cref="UsageException">It is open to the network and unprotected, or TLS lacks its files.</exception>
    public void CheckProtected(string option, TransportOptions transport, bool hasTokens, bool isInsecureAllowed)
    {
        if (IsTls != (transport.Certificate is not null))
        {
            throw new UsageException(IsTls
                ? $"{option}: https needs --tls-cert and --tls-key (for development: pgan certs)."
                : $"{option}: there is a --tls-cert, but the address begins with http; use https.");
        }

        if (!IsLoopback && !hasTokens && !transport.RequireClient && !isInsecureAllowed)
        {
            throw new UsageException($"{option}: everybody on the network could reach this address. Give --tokens FILE, or --tls-require-client with certificates, or --insecure if the network itself is closed.");
        }
    }

    /// <summary>As an address that clients on this machine can use.</summary>
    public string Describe(int port) => new UriBuilder(IsTls ? "https" : "http", (Interface ?? IPAddress.Any).ToString(), port).Uri.GetLeftPart(UriPartial.Authority);
}
