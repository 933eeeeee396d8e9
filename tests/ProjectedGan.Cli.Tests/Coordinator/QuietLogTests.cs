using System.Net.Sockets;
using System.Security.Cryptography;
using System.Text;
using Google.Protobuf;
using Grpc.Core;
using ProjectedGan.Cli.Tests.Hosting;
using ProjectedGan.Cli.Tests.Processes;
using ProjectedGan.Protocol.V1;
using ArtifactCalls = ProjectedGan.Protocol.V1.Artifacts.ArtifactsClient;

namespace ProjectedGan.Cli.Tests.Coordinator;

/// <summary>What callers do wrong is no error of the coordinator: its log has none for it.</summary>
[Trait("Speed", "Slow")]
public class QuietLogTests
{
    [Fact]
    public async Task Callers_ThatGoAway_AreNoErrors()
    {
        using TemporaryFolder home = new();
        await using var coordinator = await CoordinatorProcess.StartAsync(home);
        Random random = new(1);
        for (var caller = 0; caller < 40; caller++)
        {
            var channel = coordinator.Connect();
            using var upload = new ArtifactCalls(channel).Upload();
            await upload.RequestStream.WriteAsync(new UploadRequest { Start = new UploadStart { Digest = new string((char)('a' + (caller % 6)), 64), Bytes = 1 << 30 } });
            await upload.RequestStream.WriteAsync(new UploadRequest { Data = ByteString.CopyFrom(new byte[1 << 20]) });
            using var work = new Cluster.ClusterClient(channel).Work();
            await work.RequestStream.WriteAsync(new WorkerMessage { Register = new RegisterWorker() });
            await Task.Delay(random.Next(20));
            if (caller % 2 == 0)
            {
                // The whole connection, in the middle of two calls.
                channel.Dispose();
            }
        }

        await NoErrorsAsync(coordinator);
    }

    [Fact]
    public async Task Readers_ThatGoAway_AreNoErrors()
    {
        using TemporaryFolder home = new();
        await using var coordinator = await CoordinatorProcess.StartAsync(home);
        var id = (await coordinator.Experiments.SubmitAsync(new SubmitRequest { SpecYaml = TinyExperiment.Spec(TinyExperiment.WriteDataset(home)) })).Id;
        var digest = await UploadAsync(coordinator, new byte[16 << 20]);
        for (var reader = 0; reader < 20; reader++)
        {
            var channel = coordinator.Connect();
            using CancellationTokenSource leaves = new();
            using var watch = new Experiments.ExperimentsClient(channel).Watch(new WatchRequest { Id = id }, cancellationToken: leaves.Token);
            using var download = new ArtifactCalls(channel).Download(new DownloadRequest { Digest = digest }, cancellationToken: leaves.Token);
            Assert.True(await watch.ResponseStream.MoveNext(CancellationToken.None));
            Assert.True(await download.ResponseStream.MoveNext(CancellationToken.None));
            using Socket browser = new(SocketType.Stream, ProtocolType.Tcp) { LingerState = new LingerOption(enable: true, seconds: 0) };
            await browser.ConnectAsync(coordinator.Metrics.Host, coordinator.Metrics.Port);
            await browser.SendAsync(Encoding.ASCII.GetBytes($"GET /api/v1/experiments/{id}/stream HTTP/1.1\r\nHost: {coordinator.Metrics.Authority}\r\n\r\n"));
            var answer = new byte[1 << 10];
            Assert.StartsWith("HTTP/1.1 200", Encoding.ASCII.GetString(answer, 0, await browser.ReceiveAsync(answer)), StringComparison.Ordinal);
            // With a reset of the connection; the calls one by one, or with their connection.
            browser.Close();
            if (reader % 2 == 0)
            {
                await leaves.CancelAsync();
            }
            else
            {
                channel.Dispose();
            }
        }

        await NoErrorsAsync(coordinator);
    }

    [Fact]
    public async Task Messages_ThatAreTooLarge_AreNoErrors()
    {
        using TemporaryFolder home = new();
        await using var coordinator = await CoordinatorProcess.StartAsync(home);
        string large = new('x', 3 << 20);

        var unary = await Assert.ThrowsAsync<RpcException>(async () => await coordinator.Experiments.SubmitAsync(new SubmitRequest { SpecYaml = large }));
        using var work = new Cluster.ClusterClient(coordinator.Connect()).Work();
        await WriteAsync(work.RequestStream, new WorkerMessage { Log = new NodeLog { Text = large } });
        var streamed = await Assert.ThrowsAsync<RpcException>(() => work.ResponseStream.MoveNext(CancellationToken.None));
        using var upload = new ArtifactCalls(coordinator.Connect()).Upload();
        await WriteAsync(upload.RequestStream, new UploadRequest { Data = ByteString.CopyFromUtf8(large) });
        var uploaded = await Assert.ThrowsAsync<RpcException>(async () => await upload);

        Assert.All([unary, uploaded], refused => Assert.Contains("maximum configured message size", refused.Status.Detail, StringComparison.Ordinal));
        // A stream's first message that cannot be read is none that registers.
        Assert.Equal([StatusCode.ResourceExhausted, StatusCode.InvalidArgument, StatusCode.ResourceExhausted], new[] { unary, streamed, uploaded }.Select(refused => refused.StatusCode));
        await NoErrorsAsync(coordinator);
    }

    // The coordinator may have refused it before all of it is written; its answer says so.
    private static async Task WriteAsync<T>(IClientStreamWriter<T> stream, T message)
    {
        try
        {
            await stream.WriteAsync(message);
        }
        catch (RpcException)
        {
        }
    }

    private static async Task<string> UploadAsync(CoordinatorProcess coordinator, byte[] content)
    {
        var digest = Convert.ToHexStringLower(SHA256.HashData(content));
        using var upload = new ArtifactCalls(coordinator.Connect()).Upload();
        await upload.RequestStream.WriteAsync(new UploadRequest { Start = new UploadStart { Digest = digest, Bytes = content.Length } });
        foreach (var part in content.Chunk(1 << 20))
        {
            await upload.RequestStream.WriteAsync(new UploadRequest { Data = ByteString.CopyFrom(part) });
        }

        await upload.RequestStream.CompleteAsync();
        Assert.Equal(content.Length, (await upload).Bytes);
        return digest;
    }

    private static async Task NoErrorsAsync(CoordinatorProcess coordinator)
    {
        // It still answers, and has seen all of it by now.
        await coordinator.Experiments.ListAsync(new ListRequest());
        await Eventually.HoldsAsync("all calls have ended", async () => (await coordinator.Experiments.ListNodesAsync(new ListNodesRequest())).Nodes.Count == 0);
        await coordinator.StopAsync();
        Assert.True(!coordinator.Errors.Any(), string.Join(Environment.NewLine, coordinator.Errors));
    }
}
