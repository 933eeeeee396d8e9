using System.Net.Security;
using System.Security.Authentication;
using System.Security.Cryptography;
using System.Security.Cryptography.X509Certificates;
using ProjectedGan.Foundation;

namespace ProjectedGan.Hosting.Security;

/// <summary>Writes certificates as <c>NAME.crt</c> and keys as <c>NAME.key</c>, which only their owner can read.</summary>
public static class CertificateFolder
{
    /// <exception cref="PganException">A file cannot be written.</exception>
    public static void Write(string folder, string name, X509Certificate2 certificate)
    {
        try
        {
            Directory.CreateDirectory(folder);
            using var key = certificate.GetECDsaPrivateKey()!;
            // The key first and each by renaming: a node that reads meanwhile finds whole files.
            Replace(Path.Combine(folder, $"{name}.key"), key.ExportPkcs8PrivateKeyPem(), UnixFileMode.UserRead | UnixFileMode.UserWrite);
            Replace(Path.Combine(folder, $"{name}.crt"), certificate.ExportCertificatePem(), UnixFileMode.UserRead | UnixFileMode.UserWrite | UnixFileMode.GroupRead | UnixFileMode.OtherRead);
        }
        catch (Exception error) when (error is IOException or UnauthorizedAccessException)
        {
            throw new PganException($"'{folder}': cannot write {name}.crt and {name}.key: {error.Message}", error);
        }
    }

    private static void Replace(string path, string text, UnixFileMode mode)
    {
        var temporary = path + ".tmp";
        File.Delete(temporary);
        FileStreamOptions options = new() { Mode = FileMode.CreateNew, Access = FileAccess.Write };
        if (!OperatingSystem.IsWindows())
        {
            options.UnixCreateMode = mode;
        }

        using (StreamWriter writer = new(temporary, options))
        {
            writer.Write(text);
            writer.Write('\n');
        }

        File.Move(temporary, path, overwrite: true);
    }
}

/// <summary>The other side's certificate is not trusted; the message says why and whose it is.</summary>
public sealed class CertificateRefusedException(string message) : AuthenticationException(message);

/// <summary>This node's certificate with its private key, and the chain that it sends along.</summary>
/// <param name="Certificate">The certificate with its key.</param>
/// <param name="Context">The same for TLS.</param>
public sealed record NodeCertificate(X509Certificate2 Certificate, SslStreamCertificateContext Context)
{
    /// <exception cref="UsageException">A file is missing or no PEM, they do not belong together, or the certificate is not valid now.</exception>
    public static NodeCertificate Load(string certificateFile, string keyFile, TimeProvider time)
    {
        try
        {
            var certificate = X509Certificate2.CreateFromPemFile(certificateFile, keyFile);
            X509Certificate2Collection chain = [];
            chain.ImportFromPemFile(certificateFile);
            CheckValid(certificate, certificateFile, time.GetUtcNow());
            return new(certificate, SslStreamCertificateContext.Create(certificate, chain, offline: true));
        }
        catch (Exception error) when (error is IOException or UnauthorizedAccessException or CryptographicException or ArgumentException)
        {
            throw new UsageException($"--tls-cert '{certificateFile}' with --tls-key '{keyFile}' cannot be used: {error.Message.TrimEnd('.')}.", error);
        }
    }

    /// <exception cref="UsageException">The file is missing or holds no PEM certificate.</exception>
    public static X509Certificate2Collection LoadAuthority(string file)
    {
        try
        {
            X509Certificate2Collection authorities = [];
            authorities.ImportFromPemFile(file);
            return authorities.Count > 0 ? authorities : throw new UsageException($"--tls-ca '{file}' holds no PEM certificate.");
        }
        catch (Exception error) when (error is IOException or UnauthorizedAccessException or CryptographicException)
        {
            throw new UsageException($"--tls-ca '{file}' cannot be used: {error.Message.TrimEnd('.')}.", error);
        }
    }

    private static void CheckValid(X509Certificate2 certificate, string file, DateTimeOffset now)
    {
        if (now > certificate.NotAfter)
        {
            throw new UsageException($"--tls-cert '{file}' ({certificate.Subject}) expired on {certificate.NotAfter.ToUniversalTime():u}; renew it (for development: pgan certs).");
        }

        if (now < certificate.NotBefore)
        {
            throw new UsageException($"--tls-cert '{file}' ({certificate.Subject}) is valid only from {certificate.NotBefore.ToUniversalTime():u}; check this machine's clock.");
        }
    }
}
