using System.Net;
using System.Net.Security;
using System.Security.Cryptography;
using System.Security.Cryptography.X509Certificates;
using Grpc.Net.Client;

namespace Grpc.Core.Api.Tests.Calls;

public class SecurityTests
{
    [Fact]
    public async Task Tls_ChannelAndCallCredentials_AddTheirHeaders()
    {
        using var certificate = SelfSigned("localhost");
        await using var server = await EchoServer.StartAsync(certificate);
        AuthInterceptorContext? asked = null;
        var token = CallCredentials.FromInterceptor((context, metadata) =>
        {
            asked = context;
            metadata.Add("authorization", "Bearer secret");
            return Task.CompletedTask;
        });
        using var channel = GrpcChannel.ForAddress(server.Address, new GrpcChannelOptions
        {
            HttpHandler = Trusting(certificate),
            Credentials = ChannelCredentials.Create(ChannelCredentials.SecureSsl, token),
        });
        var tenant = CallCredentials.Compose(Header("tenant", "a"), Header("trace", "b"));

        var reply = await new Echo.EchoClient(channel).UnaryAsync(new EchoMessage { Text = "hello" }, new CallOptions(credentials: tenant));

        Assert.Equal("hello", reply.Text);
        Assert.Equal("Bearer secret", server.Seen.Headers.GetValue("authorization"));
        Assert.Equal("a", server.Seen.Headers.GetValue("tenant"));
        Assert.Equal("b", server.Seen.Headers.GetValue("trace"));
        Assert.Equal("Unary", asked!.MethodName);
        Assert.EndsWith("/tests.Echo", asked.ServiceUrl, StringComparison.Ordinal);
    }

    [Fact]
    public async Task Tls_ClientCertificate_IdentifiesThePeer()
    {
        using var certificate = SelfSigned("localhost");
        using var own = SelfSigned("worker-7");
        await using var server = await EchoServer.StartAsync(certificate);
        var handler = Trusting(certificate);
        handler.SslOptions.ClientCertificates = [own];
        using var channel = GrpcChannel.ForAddress(server.Address, new GrpcChannelOptions { HttpHandler = handler, Credentials = new SslCredentials() });

        await new Echo.EchoClient(channel).UnaryAsync(new EchoMessage { Text = "hello" });

        Assert.True(server.Seen.IsPeerAuthenticated);
        Assert.Equal("worker-7", server.Seen.PeerIdentity);
    }

    [Fact]
    public async Task Tls_UntrustedCertificate_IsRefused()
    {
        using var certificate = SelfSigned("localhost");
        await using var server = await EchoServer.StartAsync(certificate);
        using var channel = GrpcChannel.ForAddress(server.Address);

        var failure = await Assert.ThrowsAsync<RpcException>(async () => await new Echo.EchoClient(channel).UnaryAsync(new EchoMessage()));

        Assert.Contains("SSL", failure.Status.Detail, StringComparison.Ordinal);
    }

    [Fact]
    public void Create_InsecureChannelWithCallCredentials_IsRefused() =>
        Assert.Throws<ArgumentException>(() => ChannelCredentials.Create(ChannelCredentials.Insecure, Header("authorization", "secret")));

    [Fact]
    public async Task Channel_PlainAddressWithTlsCredentials_IsRefused()
    {
        await using var server = await EchoServer.StartAsync();

        Assert.Throws<InvalidOperationException>(() => GrpcChannel.ForAddress(server.Address, new GrpcChannelOptions { Credentials = ChannelCredentials.SecureSsl }));
    }

    private static CallCredentials Header(string key, string value) => CallCredentials.FromInterceptor((_, metadata) =>
    {
        metadata.Add(key, value);
        return Task.CompletedTask;
    });

    private static SocketsHttpHandler Trusting(X509Certificate2 certificate)
    {
        string thumbprint = certificate.Thumbprint;
        return new SocketsHttpHandler
        {
            SslOptions = new SslClientAuthenticationOptions
            {
                RemoteCertificateValidationCallback = (_, found, _, _) => found is X509Certificate2 peer && peer.Thumbprint == thumbprint,
            },
        };
    }

    private static X509Certificate2 SelfSigned(string name)
    {
        using var key = ECDsa.Create(ECCurve.NamedCurves.nistP256);
        var request = new CertificateRequest($"CN={name}", key, HashAlgorithmName.SHA256);
        var names = new SubjectAlternativeNameBuilder();
        names.AddDnsName(name);
        names.AddIpAddress(IPAddress.Loopback);
        request.CertificateExtensions.Add(names.Build());
        return request.CreateSelfSigned(DateTimeOffset.UtcNow.AddDays(-1), DateTimeOffset.UtcNow.AddDays(1));
    }
}
