using ProjectedGan.Hosting.Security;

namespace ProjectedGan.Hosting.Serving;

/// <summary>A server of this process: the coordinator's public API, or a worker's side of the peer exchange.</summary>
public sealed record NodeServerOptions
{
    public required ListenAddress Listen { get; init; }

    /// <summary>Where HTTP/1.1 serves metrics and health; null serves none. A plain-text port speaks either HTTP/2 or HTTP/1.1, so that it cannot be the same.</summary>
    public ListenAddress? Metrics { get; init; }

    public required TransportIdentity Identity { get; init; }

    public required AccessPolicy Access { get; init; }

    /// <summary>Where the web page is; none by default.</summary>
    public WebPlacement Web { get; init; }

    public CallLimits Limits { get; init; } = new();
}

/// <summary>Which of a server's two ports shows the web page.</summary>
public enum WebPlacement
{
    /// <summary>Neither: the server has none, or it would be open to callers whom the API refuses.</summary>
    None,

    /// <summary>The port of metrics, HTTP/1.1: browsers speak no HTTP/2 without TLS.</summary>
    MetricsPort,

    /// <summary>The port of the API, with its TLS.</summary>
    ApiPort,
}
