using ProjectedGan.Cli.Tests.Hosting;
using ProjectedGan.Cli.Tests.Processes;

namespace ProjectedGan.Cli.Tests.Security;

/// <summary>What the real commands say of certificates that have expired.</summary>
public class ExpiredCertificateTests
{
    private static readonly TimeSpan Ago = TimeSpan.FromDays(1);

    [Theory]
    [InlineData("coordinator", "--data-dir", "data", "--listen", "https://127.0.0.1:0")]
    [InlineData("worker", "--coordinator", "https://127.0.0.1:7400", "--listen", "https://127.0.0.1:0")]
    [InlineData("evaluator", "--coordinator", "https://127.0.0.1:7400", "--listen", "https://127.0.0.1:0")]
    [InlineData("list", "--coordinator", "https://127.0.0.1:7400")]
    public async Task OwnCertificate_Expired_IsRefusedAtOnce(params string[] command)
    {
        using TemporaryFolder home = new();
        var expired = TransportTests.MakeCertificates(home.At("certs"), "127.0.0.1", DateTimeOffset.UtcNow - Ago);

        var result = await PganProcess.RunAsync(home.Path, [.. command, "--tls-cert", expired.Certificate!, "--tls-key", expired.Key!, "--tls-ca", expired.Authority!]);

        result.Refused(2, "--tls-cert", "node.crt", $"expired on {DateTimeOffset.UtcNow - Ago:yyyy-MM-dd}", "renew it");
        Assert.Single(result.Errors.Trim().Split('\n'));
    }

    [Fact]
    public async Task CoordinatorsCertificate_ExpiredMeanwhile_IsRefusedByCommandsAndNodes()
    {
        using TemporaryFolder home = new();
        var expired = TransportTests.MakeCertificates(home.At("certs"), "127.0.0.1", DateTimeOffset.UtcNow - Ago);
        // It started when the certificate was valid.
        await using var server = await RunningServer.StartAsync(home, expired with { Authority = null }, time: new ShiftedTime(-2 * Ago));
        var refused = $"The certificate of {server.Address.Authority} is refused: CN=node expired on";
        string[] towards = ["--coordinator", $"{server.Address}", "--tls-ca", expired.Authority!];

        var list = await PganProcess.RunAsync(home.Path, ["list", .. towards]);
        list.Refused(1, refused);
        Assert.Single(list.Errors.Trim().Split('\n'));

        // A node goes on trying: the certificate may be renewed.
        using var evaluator = PganProcess.Start(home.Path, ["evaluator", .. towards]);
        await Eventually.HoldsAsync("the evaluator says why it is not connected", () => evaluator.Errors.Contains(refused, StringComparison.Ordinal));
        Assert.False(evaluator.HasExited);
    }
}
