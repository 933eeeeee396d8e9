namespace ProjectedGan.Hosting.Security;

/// <summary>How a node shows who it is and whom it trusts. The same record serves servers, peers and clients.</summary>
public sealed record TransportOptions
{
    /// <summary>PEM file of this node's certificate, followed by intermediates if there are any.</summary>
    public string? Certificate { get; init; }

    /// <summary>PEM file of its private key, unencrypted.</summary>
    public string? Key { get; init; }

    /// <summary>PEM file of the authorities that certificates of others must come from; the system's own for servers when absent.</summary>
    public string? Authority { get; init; }

    /// <summary>Refuse clients without a certificate of <see cref="Authority"/> (mutual TLS).</summary>
    public bool RequireClient { get; init; }

    /// <summary>The bearer token that this node's calls carry.</summary>
    public string? Token { get; init; }
}
