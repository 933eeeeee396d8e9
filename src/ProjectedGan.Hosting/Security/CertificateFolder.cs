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
            using ECDsa key = certificate.GetECDsaPrivateKey()!;
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
        string temporary = path + ".tmp";
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
