using Grpc.Core;
using Grpc.Health.V1;
using ProjectedGan.Cli.Tests.Hosting;
using ProjectedGan.Cli.Tests.Processes;
using static Grpc.Health.V1.HealthCheckResponse.Types;

namespace ProjectedGan.Cli.Tests.Coordinator;

/// <summary>What every node answers to those who ask for its health.</summary>
public class NodeHealthTests
{
    private const string Service = "pgan.v1.Artifacts";

    // A limit that no machine needs, so that a lost message fails the test rather than hanging it.
    private static DateTime Deadline => DateTime.UtcNow.AddMinutes(1);

    [Fact]
    public async Task Check_NodeAndService_ServeOnceItIsSaid()
    {
        using TemporaryFolder home = new();
        await using var server = await RunningServer.StartAsync(home);
        Health.HealthClient client = new(server.Connect());
        async Task<ServingStatus> CheckAsync(string service) => (await client.CheckAsync(new HealthCheckRequest { Service = service }, deadline: Deadline)).Status;

        Assert.Equal(ServingStatus.NotServing, await CheckAsync(""));
        Assert.Equal(ServingStatus.NotServing, await CheckAsync(Service));
        server.Health.IsServing = true;
        Assert.Equal(ServingStatus.Serving, await CheckAsync(""));
        Assert.Equal(ServingStatus.Serving, await CheckAsync(Service));
        var unknown = await Assert.ThrowsAsync<RpcException>(() => CheckAsync("absent"));
        Assert.Equal(StatusCode.NotFound, unknown.StatusCode);
    }

    [Fact]
    public async Task Watch_Changes_ArriveAtOnce()
    {
        using TemporaryFolder home = new();
        await using var server = await RunningServer.StartAsync(home);
        using var watch = new Health.HealthClient(server.Connect()).Watch(new HealthCheckRequest { Service = Service }, deadline: Deadline);

        foreach (var status in (ServingStatus[])[ServingStatus.NotServing, ServingStatus.Serving, ServingStatus.NotServing])
        {
            server.Health.IsServing = status == ServingStatus.Serving;
            Assert.True(await watch.ResponseStream.MoveNext(CancellationToken.None), "The watch ended.");
            Assert.Equal(status, watch.ResponseStream.Current.Status);
        }
    }

    [Fact]
    public async Task Watch_CoordinatorStops_EndsAndHoldsNothingUp()
    {
        using TemporaryFolder home = new();
        await using var coordinator = await CoordinatorProcess.StartAsync(home);
        using var watch = new Health.HealthClient(coordinator.Connect()).Watch(new HealthCheckRequest { Service = "" }, deadline: Deadline);
        do
        {
            Assert.True(await watch.ResponseStream.MoveNext(CancellationToken.None), "The watch ended.");
        }
        while (watch.ResponseStream.Current.Status != ServingStatus.Serving);

        Task stopping = coordinator.StopAsync();
        List<ServingStatus> last = [];
        await foreach (var response in watch.ResponseStream.ReadAllAsync())
        {
            last.Add(response.Status);
        }

        await stopping;
        // A watch that begins in the moment of a change hears of it twice.
        Assert.Equal([ServingStatus.NotServing], last.SkipWhile(status => status == ServingStatus.Serving));
        Assert.DoesNotContain(" fail: ", coordinator.Log, StringComparison.Ordinal);
    }
}
