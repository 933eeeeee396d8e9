using System.Globalization;
using System.Security.Cryptography.X509Certificates;
using System.Text.RegularExpressions;
using ProjectedGan.Cli.Tests.Coordinator;
using ProjectedGan.Cli.Tests.Hosting;
using ProjectedGan.Cli.Tests.Processes;
using ProjectedGan.Hosting.Security;

namespace ProjectedGan.Cli.Tests.Security;

/// <summary>What a node shows of its own certificate.</summary>
[Trait("Speed", "Slow")]
public sealed partial class CertificateMetricTests
{
    [Fact]
    public async Task Expiration_OfARealCertificate_IsShownAndFollowsTheFiles()
    {
        using TemporaryFolder home = new();
        var files = TransportTests.MakeCertificates(home.At("certs"));
        await using var coordinator = await CoordinatorProcess.StartAsync(home, "--tls-cert", files.Certificate!, "--tls-key", files.Key!, "--tls-ca", files.Authority!);

        Assert.Equal(End(files.Certificate!), await ShownAsync(coordinator));

        using CertificateMaker renewal = new(DateTimeOffset.UtcNow.AddHours(-1), DateTimeOffset.UtcNow.AddDays(90));
        CertificateFolder.Write(home.At("certs"), "node", renewal.MakeNode("node", ["127.0.0.1"]));
        var renewed = End(files.Certificate!);
        await Eventually.HoldsAsync("the renewed certificate's end is shown", async () => await ShownAsync(coordinator) == renewed);
    }

    [Fact]
    public async Task Expiration_WithoutTls_IsNotShown()
    {
        using TemporaryFolder home = new();
        await using var coordinator = await CoordinatorProcess.StartAsync(home);

        Assert.Null(await ShownAsync(coordinator));
    }

    private static long End(string file)
    {
        using var certificate = X509CertificateLoader.LoadCertificateFromFile(file);
        return new DateTimeOffset(certificate.NotAfter).ToUnixTimeSeconds();
    }

    private static async Task<long?> ShownAsync(CoordinatorProcess coordinator)
    {
        using HttpClient client = new();
        var sample = Sample().Match(await client.GetStringAsync(new Uri(coordinator.Metrics, "/metrics")));
        return sample.Success ? (long)double.Parse(sample.Groups[1].Value, CultureInfo.InvariantCulture) : null;
    }

    [GeneratedRegex("^pgan_certificate_expiration_timestamp_seconds\\{[^}]*\\} (\\S+)", RegexOptions.Multiline)]
    private static partial Regex Sample();
}
