using System.Net.Sockets;
using Google.Protobuf;
using Grpc.Core;
using Grpc.Net.Client;
using ProjectedGan.Contracts.V1;
using ProjectedGan.Node.Tests.Processes;
using Xunit.Abstractions;

namespace ProjectedGan.Node.Tests.Coordinator;

/// <summary>Whatever comes in at its port, the coordinator stands and keeps what it knows.</summary>
public class FuzzTests(ITestOutputHelper output)
{
    private const int RawConnections = 60;
    private const int MutatedCalls = 300;
    private static readonly string[] Methods =
    [
        "pgan.v1.Experiments/Submit", "pgan.v1.Experiments/Get", "pgan.v1.Experiments/List", "pgan.v1.Experiments/Cancel", "pgan.v1.Experiments/GetResult",
        "pgan.v1.Experiments/GetSampleImage", "pgan.v1.Artifacts/Stat", "pgan.v1.Artifacts/Upload", "pgan.v1.Cluster/Work", "pgan.v1.Cluster/Evaluate",
        "grpc.health.v1.Health/Check", "grpc.reflection.v1.ServerReflection/ServerReflectionInfo", "pgan.v1.Nothing/AtAll",
    ];

    [Fact]
    public async Task RandomBytesAndMutatedMessages_ChangeNothing()
    {
        int seed = Environment.TickCount;
        output.WriteLine($"seed {seed}");
        Random random = new(seed);
        using TemporaryFolder home = new();
        await using CoordinatorProcess coordinator = await CoordinatorProcess.StartAsync(home);
        Experiment before = await coordinator.Experiments.SubmitAsync(new SubmitRequest { SpecYaml = TinyExperiment.Spec(TinyExperiment.WriteDataset(home)) });

        await SendRawAsync(coordinator.Address, random);
        await CallAsync(coordinator.Connect(), random);

        Assert.False(coordinator.HasExited, coordinator.Log);
        string[] errors = [.. coordinator.Log.Split('\n').Where(line => line.Contains(" fail: ", StringComparison.Ordinal) || line.Contains(" crit: ", StringComparison.Ordinal))];
        Assert.True(errors.Length == 0, string.Join('\n', errors));
        Experiment after = await coordinator.Experiments.GetAsync(new GetRequest { Id = before.Id });
        Assert.Equal((before.SpecYaml, before.DatasetHash, ExperimentState.Queued), (after.SpecYaml, after.DatasetHash, after.State));
        await coordinator.KillAsync();
        await using CoordinatorProcess again = await CoordinatorProcess.StartAsync(home);
        Assert.Equal(before.Id, Assert.Single((await again.Experiments.ListAsync(new ListRequest())).Experiments).Id);
    }

    private static async Task SendRawAsync(Uri address, Random random)
    {
        byte[] preface = "PRI * HTTP/2.0\r\n\r\nSM\r\n\r\n"u8.ToArray();
        for (int i = 0; i < RawConnections; i++)
        {
            byte[] garbage = new byte[random.Next(1, 5000)];
            random.NextBytes(garbage);
            using TcpClient client = new();
            await client.ConnectAsync(address.Host, address.Port);
            try
            {
                if (i % 2 == 0)
                {
                    await client.GetStream().WriteAsync(preface);
                }

                await client.GetStream().WriteAsync(garbage);
            }
            catch (IOException)
            {
                // The server has hung up, as it should.
            }
        }
    }

    private static async Task CallAsync(GrpcChannel channel, Random random)
    {
        CallInvoker calls = channel.CreateCallInvoker();
        for (int i = 0; i < MutatedCalls; i++)
        {
            string[] method = Methods[random.Next(Methods.Length)].Split('/');
            Method<byte[], byte[]> raw = new(MethodType.DuplexStreaming, method[0], method[1], Marshallers.Create<byte[]>(bytes => bytes, bytes => bytes), Marshallers.Create<byte[]>(bytes => bytes, bytes => bytes));
            using CancellationTokenSource brief = new(TimeSpan.FromMilliseconds(200));
            using AsyncDuplexStreamingCall<byte[], byte[]> call = calls.AsyncDuplexStreamingCall(raw, null, new CallOptions(cancellationToken: brief.Token));
            try
            {
                await call.RequestStream.WriteAsync(Mutated(random), brief.Token);
                await call.RequestStream.CompleteAsync();
                while (await call.ResponseStream.MoveNext(brief.Token))
                {
                }
            }
            catch (Exception error) when (error is RpcException or OperationCanceledException or InvalidOperationException)
            {
                // A refusal is what such a message deserves.
            }
        }
    }

    private static byte[] Mutated(Random random)
    {
        IMessage[] messages =
        [
            new ListRequest { PageSize = 10, PageToken = "t" }, new CancelRequest { Reason = "fuzz" }, new SubmitRequest { SpecYaml = "batch: 4", Name = "fuzz" }, new StatRequest { Digest = new string('a', 64) },
            new UploadRequest { Start = new UploadStart { Digest = new string('a', 64), Bytes = 100 } },
            new WorkerMessage { Register = new RegisterWorker { Id = "fuzz", Protocol = 1, Version = "0", DeviceKind = "cpu" } },
            new EvaluatorMessage { Result = new EvaluationResult { Task = "fuzz" } },
        ];
        byte[] bytes = messages[random.Next(messages.Length)].ToByteArray();
        for (int i = random.Next(8); i > 0 && bytes.Length > 0; i--)
        {
            bytes[random.Next(bytes.Length)] = (byte)random.Next(256);
        }

        // None holds the experiment's id: its cancellation would be no corruption.
        return random.Next(4) == 0 ? [.. bytes, .. bytes] : bytes;
    }
}
