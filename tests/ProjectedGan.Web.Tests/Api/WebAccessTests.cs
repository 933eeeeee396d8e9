using System.Net;
using System.Net.Http.Headers;
using ProjectedGan.Cli.Tests.Coordinator;
using ProjectedGan.Cli.Tests.Processes;
using ProjectedGan.Web.Tests.Recording;

namespace ProjectedGan.Web.Tests.Api;

/// <summary>Who sees the page's data, and where.</summary>
[Trait("Speed", "Slow")]
public class WebAccessTests
{
    [Fact]
    public async Task Tokens_GuardDataAndImages_ButNotThePageItself()
    {
        await using var recorded = await RecordedCoordinator.StartAsync(hasTokens: true);
        var image = $"/api/v1/experiments/{recorded.Id}/samples/newest.png";

        Assert.Equal(HttpStatusCode.OK, (await GetAsync(recorded.Page, "/", null)).StatusCode);
        foreach (var path in new[] { "/api/v1/experiments", "/api/v1/session", "/api/v1/nodes", image })
        {
            using var nobody = await GetAsync(recorded.Page, path, null);
            Assert.Equal((HttpStatusCode.Unauthorized, "Bearer"), (nobody.StatusCode, nobody.Headers.WwwAuthenticate.Single().Scheme));
            Assert.Equal(HttpStatusCode.Unauthorized, (await GetAsync(recorded.Page, path, "some-other-token-entirely")).StatusCode);
            Assert.Equal(HttpStatusCode.Unauthorized, (await GetAsync(recorded.Page, $"{path}?token={RecordedCoordinator.Reader}", null)).StatusCode);
            Assert.Equal(HttpStatusCode.Forbidden, (await GetAsync(recorded.Page, path, RecordedCoordinator.Worker)).StatusCode);
            Assert.Equal(HttpStatusCode.OK, (await GetAsync(recorded.Page, path, RecordedCoordinator.Reader)).StatusCode);
            Assert.Equal(HttpStatusCode.OK, (await GetAsync(recorded.Page, path, RecordedCoordinator.Submitter)).StatusCode);
        }
    }

    [Fact]
    public async Task Loopback_WithoutTokens_AnswersNoForeignName()
    {
        using TemporaryFolder home = new();
        await using var coordinator = await CoordinatorProcess.StartAsync(home);

        Assert.Equal(HttpStatusCode.Forbidden, (await GetAsync(coordinator.Metrics, "/api/v1/experiments", null, "rebound.example")).StatusCode);
        Assert.Equal(HttpStatusCode.OK, (await GetAsync(coordinator.Metrics, "/api/v1/experiments", null, "localhost")).StatusCode);
    }

    [Fact]
    public async Task Tls_ThePageIsAtTheApi_AndNotOnThePlainPort()
    {
        using TemporaryFolder home = new();
        (await PganProcess.RunAsync(home.Path, "certs", home.At("certs"), "--hosts", "127.0.0.1")).Succeeded();
        await using var coordinator = await CoordinatorProcess.StartAsync(
            home, "--tls-cert", home.At("certs", "node.crt"), "--tls-key", home.At("certs", "node.key"));

        Assert.Equal(HttpStatusCode.OK, (await GetAsync(coordinator.Address, "/", null)).StatusCode);
        Assert.Equal(HttpStatusCode.OK, (await GetAsync(coordinator.Address, "/api/v1/experiments", null)).StatusCode);
        Assert.Equal(HttpStatusCode.NotFound, (await GetAsync(coordinator.Address, "/metrics", null)).StatusCode);
        Assert.Equal(HttpStatusCode.NotFound, (await GetAsync(coordinator.Metrics, "/", null)).StatusCode);
        Assert.Equal(HttpStatusCode.NotFound, (await GetAsync(coordinator.Metrics, "/api/v1/experiments", null)).StatusCode);
        Assert.Equal(HttpStatusCode.OK, (await GetAsync(coordinator.Metrics, "/healthz", null)).StatusCode);
    }

    [Fact]
    public async Task MetricsOpenToTheNetwork_WithoutTokens_ShowNoPage()
    {
        using TemporaryFolder home = new();
        await using var coordinator = await CoordinatorProcess.StartAsync(home, "--metrics-listen", "http://*:0");
        var here = new UriBuilder(coordinator.Metrics) { Host = "127.0.0.1" }.Uri;

        Assert.Equal(HttpStatusCode.NotFound, (await GetAsync(here, "/", null)).StatusCode);
        Assert.Equal(HttpStatusCode.NotFound, (await GetAsync(here, "/api/v1/experiments", null)).StatusCode);
        Assert.Contains("there is no web page", coordinator.Log, StringComparison.Ordinal);
    }

    private static async Task<HttpResponseMessage> GetAsync(Uri address, string path, string? token, string? host = null)
    {
        // The certificate is of an authority that only this test knows.
        using HttpClientHandler handler = new() { ServerCertificateCustomValidationCallback = HttpClientHandler.DangerousAcceptAnyServerCertificateValidator };
        using HttpClient client = new(handler);
        using HttpRequestMessage request = new(HttpMethod.Get, new Uri(address, path));
        request.Headers.Host = host;
        request.Headers.Authorization = token is null ? null : new AuthenticationHeaderValue("Bearer", token);
        return await client.SendAsync(request);
    }
}
