using System.Diagnostics.Metrics;

namespace ProjectedGan.Telemetry.Security;

/// <summary>Until when a node's own certificate is valid. A node without TLS shows nothing. Thread-safe.</summary>
public sealed class CertificateInstruments(IMeterFactory factory)
{
    /// <summary>Shows the end of a certificate from now on, as seconds since 1970.</summary>
    /// <param name="expiration">Asked at each scrape, so that a renewed certificate counts at once.</param>
    public void Watch(Func<DateTimeOffset> expiration) => factory.Create("ProjectedGan.Security").CreateObservableGauge(
        "pgan.certificate.expiration.timestamp", () => expiration().ToUnixTimeSeconds(), "s", "End of the validity of the node's own certificate, in seconds since 1970.");
}
