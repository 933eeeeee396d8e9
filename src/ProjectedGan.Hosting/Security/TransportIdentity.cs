using System.Net.Security;
using System.Security.Cryptography.X509Certificates;
using Microsoft.Extensions.Logging;
using ProjectedGan.Foundation;

namespace ProjectedGan.Hosting.Security;

/// <summary>A node's certificate, its trust in others and its token, as one object that servers and channels of a process share.</summary>
public sealed partial class TransportIdentity
{
    // Extended key usages of RFC 5280, section 4.2.1.12.
    private const string ServerPurpose = "1.3.6.1.5.5.7.3.1";
    private const string ClientPurpose = "1.3.6.1.5.5.7.3.2";
    private readonly WatchedFiles<NodeCertificate>? _certificate;
    private readonly WatchedFiles<X509Certificate2Collection>? _authority;
    private readonly TimeProvider _time;
    private readonly ILogger _logger;

    /// <exception cref="UsageException">A file is unusable.</exception>
    public TransportIdentity(TransportOptions options, TimeProvider time, ILogger logger)
    {
        Options = options;
        _time = time;
        _logger = logger;
        if (options is { Certificate: { } certificate, Key: { } key })
        {
            _certificate = new([certificate, key], () => NodeCertificate.Load(certificate, key, time), time, logger);
        }

        if (options.Authority is { } authority)
        {
            _authority = new([authority], () => NodeCertificate.LoadAuthority(authority), time, logger);
        }
    }

    public TransportOptions Options { get; }

    /// <summary>The certificate as the files say now; null without.</summary>
    public NodeCertificate? Certificate => _certificate?.Current;

    /// <summary>Checks a server's certificate while a connection is made.</summary>
    /// <returns>True; a refusal is an exception, because its message reaches the caller.</returns>
    /// <exception cref="CertificateRefusedException">It is not trusted.</exception>
    public bool TrustServer(string host, X509Certificate? certificate, X509Chain? chain, SslPolicyErrors errors) =>
        WhyNotServer(host, certificate, chain, errors) is { } reason ? throw new CertificateRefusedException(reason) : true;

    /// <summary>Checks a caller's certificate; a refusal is logged, because TLS tells the caller next to nothing.</summary>
    public bool TrustClient(X509Certificate? certificate)
    {
        var reason = certificate is X509Certificate2 given ? WhyNotChained(given, ClientPurpose) : "it showed no certificate";
        if (reason is not null)
        {
            LogRefused(_logger, reason);
        }

        return reason is null;
    }

    private string? WhyNotServer(string host, X509Certificate? certificate, X509Chain? chain, SslPolicyErrors errors)
    {
        if (certificate is not X509Certificate2 given)
        {
            return $"{host} showed no certificate.";
        }

        var reason = _authority is not null ? WhyNotChained(given, ServerPurpose)
            : errors.HasFlag(SslPolicyErrors.RemoteCertificateChainErrors) ? Describe(given, chain!.ChainStatus)
            : null;
        return reason is not null ? $"The certificate of {host} is refused: {reason}."
            : errors.HasFlag(SslPolicyErrors.RemoteCertificateNameMismatch) ? $"The certificate of {host} is refused: it is for {Names(given)}; use one of these names or make a certificate for this one."
            : null;
    }

    private string? WhyNotChained(X509Certificate2 certificate, string purpose)
    {
        using X509Chain chain = new();
        chain.ChainPolicy.TrustMode = X509ChainTrustMode.CustomRootTrust;
        chain.ChainPolicy.CustomTrustStore.AddRange(_authority?.Current ?? []);
        chain.ChainPolicy.RevocationMode = X509RevocationMode.NoCheck;
        chain.ChainPolicy.ApplicationPolicy.Add(new(purpose));
        chain.ChainPolicy.VerificationTime = _time.GetUtcNow().UtcDateTime;
        return chain.Build(certificate) ? null : Describe(certificate, chain.ChainStatus);
    }

    private string Describe(X509Certificate2 certificate, X509ChainStatus[] statuses)
    {
        var now = _time.GetUtcNow();
        if (now > certificate.NotAfter)
        {
            return $"{certificate.Subject} expired on {certificate.NotAfter.ToUniversalTime():u}";
        }

        var all = statuses.Aggregate(X509ChainStatusFlags.NoError, (flags, status) => flags | status.Status);
        return all.HasFlag(X509ChainStatusFlags.PartialChain) || all.HasFlag(X509ChainStatusFlags.UntrustedRoot)
            ? $"{certificate.Subject} comes from {certificate.Issuer}, which {Options.Authority ?? "this system"} does not trust (--tls-ca)"
            : $"{certificate.Subject}: {string.Join(", ", statuses.Select(status => status.Status))}";
    }

    private static string Names(X509Certificate2 certificate)
    {
        var names = certificate.Extensions.OfType<X509SubjectAlternativeNameExtension>().FirstOrDefault();
        return names is null ? certificate.Subject : string.Join(", ", names.EnumerateDnsNames().Concat(names.EnumerateIPAddresses().Select(address => address.ToString())));
    }

    [LoggerMessage(113, LogLevel.Warning, "A caller is refused: {Reason}")]
    private static partial void LogRefused(ILogger logger, string reason);
}

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
