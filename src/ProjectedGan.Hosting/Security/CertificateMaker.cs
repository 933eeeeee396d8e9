using System.Net;
using System.Security.Cryptography;
using System.Security.Cryptography.X509Certificates;

namespace ProjectedGan.Hosting.Security;

/// <summary>Makes a small authority and certificates of it (ECDSA P-256), for development and closed clusters.</summary>
public sealed class CertificateMaker : IDisposable
{
    private const string ServerPurpose = "1.3.6.1.5.5.7.3.1";
    private const string ClientPurpose = "1.3.6.1.5.5.7.3.2";
    private readonly DateTimeOffset _from;
    private readonly DateTimeOffset _until;

    /// <param name="from">Begin of the validity of everything made.</param>
    /// <param name="until">Its end.</param>
    public CertificateMaker(DateTimeOffset from, DateTimeOffset until)
    {
        _from = from;
        _until = until;
        using var key = ECDsa.Create(ECCurve.NamedCurves.nistP256);
        var request = Request("pgan development authority", key);
        request.CertificateExtensions.Add(new X509BasicConstraintsExtension(certificateAuthority: true, hasPathLengthConstraint: true, 0, critical: true));
        request.CertificateExtensions.Add(new X509KeyUsageExtension(X509KeyUsageFlags.KeyCertSign | X509KeyUsageFlags.CrlSign, critical: true));
        request.CertificateExtensions.Add(new X509SubjectKeyIdentifierExtension(request.PublicKey, critical: false));
        Authority = request.CreateSelfSigned(from, until);
    }

    /// <summary>The authority with its key.</summary>
    public X509Certificate2 Authority { get; }

    /// <summary>A certificate for a node, as server and as caller of others.</summary>
    /// <param name="name">Its common name.</param>
    /// <param name="hosts">Names and IP addresses under which it is reached.</param>
    public X509Certificate2 MakeNode(string name, IEnumerable<string> hosts)
    {
        SubjectAlternativeNameBuilder names = new();
        foreach (var host in hosts)
        {
            if (IPAddress.TryParse(host, out var address))
            {
                names.AddIpAddress(address);
            }
            else
            {
                names.AddDnsName(host);
            }
        }

        return Make(name, [ServerPurpose, ClientPurpose], names.Build());
    }

    /// <summary>A certificate for a caller; its name is what the coordinator shows as the user.</summary>
    public X509Certificate2 MakeClient(string name) => Make(name, [ClientPurpose]);

    public void Dispose() => Authority.Dispose();

    private static CertificateRequest Request(string name, ECDsa key) => new(new X500DistinguishedName($"CN={name}"), key, HashAlgorithmName.SHA256);

    private X509Certificate2 Make(string name, string[] purposes, params X509Extension[] extensions)
    {
        using var key = ECDsa.Create(ECCurve.NamedCurves.nistP256);
        var request = Request(name, key);
        request.CertificateExtensions.Add(new X509BasicConstraintsExtension(certificateAuthority: false, hasPathLengthConstraint: false, 0, critical: true));
        request.CertificateExtensions.Add(new X509KeyUsageExtension(X509KeyUsageFlags.DigitalSignature, critical: true));
        request.CertificateExtensions.Add(new X509EnhancedKeyUsageExtension([.. purposes.Select(purpose => new Oid(purpose))], critical: false));
        request.CertificateExtensions.Add(X509AuthorityKeyIdentifierExtension.CreateFromCertificate(Authority, includeKeyIdentifier: true, includeIssuerAndSerial: false));
        foreach (var extension in extensions)
        {
            request.CertificateExtensions.Add(extension);
        }

        var serial = RandomNumberGenerator.GetBytes(16);
        serial[0] &= 0x7f;
        using var made = request.Create(Authority, _from, _until, serial);
        return made.CopyWithPrivateKey(key);
    }
}
