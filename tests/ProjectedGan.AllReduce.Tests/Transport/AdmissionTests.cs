using System.Net;
using System.Net.Sockets;
using Grpc.Core;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Hosting;
using Microsoft.Extensions.Logging;
using ProjectedGan.AllReduce.Frames;
using ProjectedGan.AllReduce.Groups;
using ProjectedGan.AllReduce.Reduction;
using ProjectedGan.AllReduce.Tests.Support;
using ProjectedGan.AllReduce.Transport;
using static TorchSharp.torch;

namespace ProjectedGan.AllReduce.Tests.Transport;

[Trait("Speed", "Slow")]
public class AdmissionTests
{
    private static readonly ReplicaRange[] Split = [new(0, 1), new(1, 2)];
    private static readonly CollectiveOptions Impatient = SocketCluster.SmallOptions with { OpenTimeout = TimeSpan.FromSeconds(2), AdmissionTimeout = TimeSpan.FromMilliseconds(200) };

    [Fact]
    public async Task OpenAsync_PeerNeverOpens_NamesItAndReportsIt()
    {
        await using var cluster = await SocketCluster.StartAsync(2, Impatient);
        var members = cluster.Members(Split);
        for (var self = 0; self < 2; self++)
        {
            var observer = new RecordingObserver();
            var failure = await Assert.ThrowsAsync<CollectiveException>(() => cluster.Hosts[self].Server.OpenAsync(
                new CollectiveGroup("run", 1, $"w{self}", 2, WireType.Float32, members), observer, CancellationToken.None));

            Assert.Contains($"'w{1 - self}'", failure.Message, StringComparison.Ordinal);
            var (worker, detail) = Assert.Single(observer.Unreachable);
            Assert.Equal($"w{1 - self}", worker);
            // The earlier one calls; the later one knows at which address it was to be called.
            Assert.Contains($"worker 'w1' at {members[1].Address}", detail, StringComparison.Ordinal);
            Assert.Contains(self == 0 ? "is not in epoch 1" : "did not come through", detail, StringComparison.Ordinal);
            Assert.EndsWith("; see its --advertise", detail, StringComparison.Ordinal);
        }
    }

    [Theory]
    [InlineData("refused", "refused")]
    [InlineData("unresolvable", "")]
    [InlineData("silent", "did not come through")]
    [InlineData("foreign", "")]
    public async Task OpenAsync_WrongAddress_NamesItWithReasonAndOption(string kind, string reason)
    {
        await using var cluster = await SocketCluster.StartAsync(1, Impatient);
        using var silent = new TcpListener(IPAddress.Loopback, 0);
        silent.Start();
        await using var foreign = await WebServerAsync();
        var address = new Uri(kind switch
        {
            "refused" => "http://127.0.0.1:1",
            "unresolvable" => "http://pod-x.invalid:7500",
            "silent" => $"http://{silent.LocalEndpoint}",
            _ => foreign.Urls.Single(),
        });
        GroupMember[] members = [new("w0", cluster.Hosts[0].Address, Split[0]), new("w1", address, Split[1])];
        var observer = new RecordingObserver();
        var failure = await Assert.ThrowsAsync<CollectiveException>(() => cluster.Hosts[0].Server.OpenAsync(
            new CollectiveGroup("run", 1, "w0", 2, WireType.Float32, members), observer, CancellationToken.None)).Within("the failure");

        var (worker, detail) = Assert.Single(observer.Unreachable);
        Assert.Equal("w1", worker);
        Assert.StartsWith("Worker 'w0' ", detail, StringComparison.Ordinal);
        Assert.Contains($"worker 'w1' at {address}", detail, StringComparison.Ordinal);
        Assert.Contains(reason, detail, StringComparison.OrdinalIgnoreCase);
        Assert.EndsWith("; see its --advertise", detail, StringComparison.Ordinal);
        Assert.EndsWith(detail, failure.Message, StringComparison.Ordinal);
    }

    [Fact]
    public async Task OpenAsync_EpochThatIsOver_IsRefusedAndCounted()
    {
        await using var cluster = await SocketCluster.StartAsync(2);
        var (sessions, observers) = await cluster.OpenAsync(Split, epoch: 5);

        var failure = await Assert.ThrowsAsync<CollectiveException>(() => cluster.Hosts[0].Server.OpenAsync(
            sessions[0].Group with { Epoch = 4 }, new RecordingObserver(), CancellationToken.None)).Within("the refusal");

        Assert.Contains("is over", failure.Message, StringComparison.Ordinal);
        Assert.Equal([("w0", RefusalReason.StaleEpoch)], observers[1].Refusals);
        await Sums.AssertEqualAsync(sessions, new Replicas(2, 100, ScalarType.Float32, WireType.Float32, 1), new ReductionKey(0, ReductionPhase.Generator, 0));
    }

    [Fact]
    public async Task OpenAsync_MembersDisagree_ShowsBothGroups()
    {
        await using var cluster = await SocketCluster.StartAsync(2);
        var members = cluster.Members(Split);
        using var giveUp = new CancellationTokenSource();
        var second = cluster.Hosts[1].Server.OpenAsync(new CollectiveGroup("run", 1, "w1", 2, WireType.BFloat16, members), new RecordingObserver(), giveUp.Token);

        var observer = new RecordingObserver();
        var failure = await Assert.ThrowsAsync<CollectiveException>(() => cluster.Hosts[0].Server.OpenAsync(
            new CollectiveGroup("run", 1, "w0", 2, WireType.Float32, members), observer, CancellationToken.None));

        Assert.Equal(("w1", failure.Message), Assert.Single(observer.Unreachable));
        Assert.Contains("Float32", failure.Message, StringComparison.Ordinal);
        Assert.Contains("BFloat16", failure.Message, StringComparison.Ordinal);
        await giveUp.CancelAsync();
        await Assert.ThrowsAnyAsync<Exception>(() => second);
    }

    [Fact]
    public async Task Wait_PeersServerDies_AllOthersEndPromptly()
    {
        await using var cluster = await SocketCluster.StartAsync(3);
        var (sessions, observers) = await cluster.OpenAsync([.. Split, new(2, 3)]);
        var values = new Replicas(3, 50_000, ScalarType.Float32, WireType.Float32, 1);
        var key = new ReductionKey(0, ReductionPhase.Generator, 0);
        var pending = new[] { 0, 1 }.Select(worker => sessions[worker].Submit(key, values.Partials(new(worker, worker + 1)))).ToArray();

        await cluster.Hosts[2].KillAsync();
        await Task.Run(() => Assert.All(pending, sum => Assert.Throws<ExchangeAbortedException>(() => sum.Wait(CancellationToken.None)))).Within("the waits to end");

        Assert.Contains(observers.Take(2), observer => observer.Unreachable.Any(peer => peer.Worker == "w2"));
    }

    [Fact]
    public async Task Server_RandomBytesAndMutatedIntroductions_KeepsServing()
    {
        await using var cluster = await SocketCluster.StartAsync(2, SocketCluster.SmallOptions with { AdmissionTimeout = TimeSpan.FromMilliseconds(200) });
        var (sessions, observers) = await cluster.OpenAsync(Split);
        var random = new Random(7);
        using var channel = PeerChannels.Create(cluster.Hosts[1].Address);
        var method = FrameMethods.ClientExchange(new FrameBufferPool());
        for (var i = 0; i < 40; i++)
        {
            await SendNoiseAsync(cluster.Hosts[1].Address, random);
            var greeting = new byte[PeerServer.Greet(sessions[0]).Length];
            PeerServer.Greet(sessions[0]).WriteTo(greeting);
            greeting[random.Next(greeting.Length)] ^= (byte)random.Next(1, 256);
            using var call = channel.CreateCallInvoker().AsyncDuplexStreamingCall(method, null, default);
            await call.RequestStream.WriteAsync(new RawFrame(i % 2 == 0 ? greeting : greeting[..random.Next(greeting.Length)]));
            var failure = await Assert.ThrowsAsync<RpcException>(() => call.ResponseStream.MoveNext(CancellationToken.None)).Within("the refusal");
            Assert.Equal(StatusCode.InvalidArgument, failure.StatusCode);
        }

        await Sums.AssertEqualAsync(sessions, new Replicas(2, 60_000, ScalarType.Float32, WireType.Float32, 1), new ReductionKey(0, ReductionPhase.Generator, 0));
        Assert.All(observers, observer => Assert.Empty(observer.Refusals));
    }

    [Fact]
    public async Task Exchange_SecondStreamOfAMember_IsRefused()
    {
        await using var cluster = await SocketCluster.StartAsync(2);
        var (sessions, _) = await cluster.OpenAsync(Split);
        using var channel = PeerChannels.Create(cluster.Hosts[1].Address);
        using var call = channel.CreateCallInvoker().AsyncDuplexStreamingCall(FrameMethods.ClientExchange(new FrameBufferPool()), null, default);

        await call.RequestStream.WriteAsync(PeerServer.Greet(sessions[0]));
        await call.ResponseStream.MoveNext(CancellationToken.None).Within("the answer");
        var failure = await Assert.ThrowsAsync<RpcException>(() => call.ResponseStream.MoveNext(CancellationToken.None)).Within("the refusal");

        Assert.Equal(StatusCode.AlreadyExists, failure.StatusCode);
        await Sums.AssertEqualAsync(sessions, new Replicas(2, 100, ScalarType.Float32, WireType.Float32, 1), new ReductionKey(0, ReductionPhase.Generator, 0));
    }

    // Speaks HTTP, and knows no workers: the port is a wrong one.
    private static async Task<WebApplication> WebServerAsync()
    {
        var builder = WebApplication.CreateSlimBuilder();
        builder.Logging.ClearProviders();
        builder.WebHost.UseUrls("http://127.0.0.1:0");
        var application = builder.Build();
        await application.StartAsync();
        return application;
    }

    private static async Task SendNoiseAsync(Uri address, Random random)
    {
        using var client = new TcpClient();
        await client.ConnectAsync(address.Host, address.Port).Within("a connection");
        var noise = new byte[random.Next(1, 2000)];
        random.NextBytes(noise);
        if (random.Next(2) == 0)
        {
            // Behind HTTP/2's preface, so that the noise reaches the frame parser.
            "PRI * HTTP/2.0\r\n\r\nSM\r\n\r\n"u8.ToArray().CopyTo(noise = [.. new byte[24], .. noise], 0);
        }
        await client.GetStream().WriteAsync(noise);
    }

    private sealed class RawFrame(byte[] bytes) : IOutgoingFrame
    {
        public int Length => bytes.Length;

        public void WriteTo(Span<byte> frame) => bytes.CopyTo(frame);
    }
}
