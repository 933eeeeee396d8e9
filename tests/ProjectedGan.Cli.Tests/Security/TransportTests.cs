using Grpc.Core;
using ProjectedGan.Cli.Tests.Coordinator;
using ProjectedGan.Cli.Tests.Hosting;
using ProjectedGan.Cli.Tests.Processes;
using ProjectedGan.Foundation;
using ProjectedGan.Hosting.Security;
using ProjectedGan.Protocol.V1;
using ArtifactCalls = ProjectedGan.Protocol.V1.Artifacts.ArtifactsClient;

namespace ProjectedGan.Cli.Tests.Security;

/// <summary>TLS and mutual TLS between real sockets.</summary>
[Trait("Speed", "Slow")]
public class TransportTests
{
    private static readonly StatRequest Anything = new() { Digest = new string('a', 64) };

    [Fact]
    public async Task Tls_TrustedAuthority_Serves()
    {
        using TemporaryFolder home = new();
        var node = MakeCertificates(home.At("certs"));
        await using var server = await RunningServer.StartAsync(home, node with { Authority = null });

        Assert.Equal(0, (await new ArtifactCalls(server.Connect(new TransportOptions { Authority = node.Authority })).StatAsync(Anything)).Bytes);
    }

    [Fact]
    public async Task Tls_OtherAuthority_IsRefusedWithItsName()
    {
        using TemporaryFolder home = new();
        var node = MakeCertificates(home.At("certs"));
        var stranger = MakeCertificates(home.At("strangers"));
        await using var server = await RunningServer.StartAsync(home, node);

        Assert.Contains("--tls-ca", await RefusalAsync(server, new TransportOptions { Authority = stranger.Authority }), StringComparison.Ordinal);
    }

    [Fact]
    public async Task Tls_CertificateForAnotherName_IsRefusedWithItsNames()
    {
        using TemporaryFolder home = new();
        var node = MakeCertificates(home.At("certs"), host: "elsewhere.example");
        await using var server = await RunningServer.StartAsync(home, node);

        Assert.Contains("elsewhere.example", await RefusalAsync(server, new TransportOptions { Authority = node.Authority }), StringComparison.Ordinal);
    }

    [Fact]
    public async Task MutualTls_AsksForACertificateOfTheAuthority()
    {
        using TemporaryFolder home = new();
        var node = MakeCertificates(home.At("certs")) with { RequireClient = true };
        var stranger = MakeCertificates(home.At("strangers"));
        await using var server = await RunningServer.StartAsync(home, node);
        TransportOptions client = new() { Certificate = home.At("certs", "client.crt"), Key = home.At("certs", "client.key"), Authority = node.Authority };

        Assert.Equal(0, (await new ArtifactCalls(server.Connect(client)).StatAsync(Anything)).Bytes);
        await RefusalAsync(server, new TransportOptions { Authority = node.Authority });
        await RefusalAsync(server, stranger with { Authority = node.Authority });
    }

    [Fact]
    public async Task MutualTls_ClientWithoutACertificate_IsToldToShowOne()
    {
        using TemporaryFolder home = new();
        var node = MakeCertificates(home.At("certs"));
        await using var coordinator = await CoordinatorProcess.StartAsync(
            home, "--tls-cert", node.Certificate!, "--tls-key", node.Key!, "--tls-ca", node.Authority!, "--tls-require-client");
        // How the connection breaks depends on who is faster.
        for (var attempt = 0; attempt < 5; attempt++)
        {
            var result = await PganProcess.RunAsync(home.Path, "list", "--coordinator", $"{coordinator.Address}", "--tls-ca", node.Authority!);

            Assert.Equal(1, result.ExitCode);
            Assert.Contains("--tls-cert and --tls-key where the coordinator asks for a certificate", result.Errors, StringComparison.Ordinal);
            Assert.DoesNotContain("disposed object", result.Errors, StringComparison.Ordinal);
        }

        await coordinator.StopAsync();
        Assert.Empty(coordinator.Errors);
    }

    [Fact]
    public async Task Certificate_Changed_IsServedWithoutARestart()
    {
        using TemporaryFolder home = new();
        var old = MakeCertificates(home.At("certs"));
        await using var server = await RunningServer.StartAsync(home, old);
        MakeCertificates(home.At("certs"));
        TransportOptions trusting = new() { Authority = home.At("certs", "ca.crt") };

        // A new channel each time: an open connection keeps the certificate it was made with.
        await Eventually.HoldsAsync("the new certificate is served", async () =>
        {
            try
            {
                await new ArtifactCalls(server.Connect(trusting)).StatAsync(Anything);
                return true;
            }
            catch (RpcException error) when (error.StatusCode == StatusCode.Unavailable || error.StatusCode == StatusCode.Internal)
            {
                return false;
            }
        });
    }

    [Fact]
    public async Task ServerCertificate_ExpiredMeanwhile_IsRefusedWithItsDate()
    {
        using TemporaryFolder home = new();
        var node = MakeCertificates(home.At("certs"));
        await using var server = await RunningServer.StartAsync(home, node);
        TransportIdentity later = new(new TransportOptions { Authority = node.Authority }, new ShiftedTime(TimeSpan.FromDays(2)), Microsoft.Extensions.Logging.Abstractions.NullLogger.Instance);
        using var channel = NodeChannel.Open(server.Address, later);

        var refused = await Assert.ThrowsAsync<RpcException>(async () => await new ArtifactCalls(channel).StatAsync(Anything));

        Assert.Contains("expired on", Chain(refused), StringComparison.Ordinal);
    }

    [Fact]
    public void OwnCertificate_Expired_IsRefusedBeforeAnythingStarts()
    {
        using TemporaryFolder home = new();
        var node = MakeCertificates(home.At("certs"));

        var refused = Assert.Throws<UsageException>(() => NodeCertificate.Load(node.Certificate!, node.Key!, new ShiftedTime(TimeSpan.FromDays(2))));

        Assert.Contains("node.crt", refused.Message, StringComparison.Ordinal);
        Assert.Contains("expired on", refused.Message, StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("http://0.0.0.0:7400", false, false, "--insecure")]
    [InlineData("http://*:7400", false, false, "--insecure")]
    [InlineData("https://127.0.0.1:7400", false, false, "--tls-cert")]
    [InlineData("http://10.0.0.1:7400", true, false, null)]
    [InlineData("http://0.0.0.0:7400", false, true, null)]
    [InlineData("http://127.0.0.1:7400", false, false, null)]
    [InlineData("http://[::1]:7400", false, false, null)]
    public void ListenAddress_OpenToTheNetwork_NeedsProtection(string text, bool hasTokens, bool isInsecureAllowed, string? hint)
    {
        var address = ListenAddress.Parse("--listen", text);
        var refused = Record.Exception(() => address.CheckProtected("--listen", new TransportOptions(), hasTokens, isInsecureAllowed));

        Assert.Equal(hint is null, refused is null);
        Assert.Contains(hint ?? "", refused?.Message ?? "", StringComparison.Ordinal);
    }

    /// <summary>An authority, a node's and a client's certificate, valid for another day.</summary>
    internal static TransportOptions MakeCertificates(string folder, string host = "127.0.0.1") =>
        MakeCertificates(folder, host, DateTimeOffset.UtcNow.AddDays(1));

    /// <inheritdoc cref="MakeCertificates(string, string)"/>
    internal static TransportOptions MakeCertificates(string folder, string host, DateTimeOffset until)
    {
        using CertificateMaker maker = new(until.AddDays(-2), until);
        CertificateFolder.Write(folder, "ca", maker.Authority);
        CertificateFolder.Write(folder, "node", maker.MakeNode("node", [host]));
        CertificateFolder.Write(folder, "client", maker.MakeClient("ada"));
        return new TransportOptions { Certificate = Path.Combine(folder, "node.crt"), Key = Path.Combine(folder, "node.key"), Authority = Path.Combine(folder, "ca.crt") };
    }

    private static async Task<string> RefusalAsync(RunningServer server, TransportOptions transport)
    {
        var refused = await Assert.ThrowsAsync<RpcException>(async () => await new ArtifactCalls(server.Connect(transport)).StatAsync(Anything));
        Assert.Contains(refused.StatusCode, new[] { StatusCode.Unavailable, StatusCode.Internal });
        return Chain(refused);
    }

    private static string Chain(RpcException error) => $"{error} {error.Status.DebugException}";
}
