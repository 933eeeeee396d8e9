namespace ProjectedGan.Hosting.Serving;

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
