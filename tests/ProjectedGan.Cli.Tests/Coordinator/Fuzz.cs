using System.Net.Sockets;
using System.Text;
using Google.Protobuf;
using Grpc.Core;
using Grpc.Net.Client;
using ProjectedGan.Protocol.V1;

namespace ProjectedGan.Cli.Tests.Coordinator;

/// <summary>What no well-meaning caller sends.</summary>
internal static class Fuzz
{
    private const int RawConnections = 60;
    private const int MutatedCalls = 300;

    /// <summary>HTTP/1.1 requests with some bytes changed.</summary>
    public static async Task SendRequestsAsync(Uri address, Random random)
    {
        for (var i = 0; i < RawConnections; i++)
        {
            var path = new[] { "/metrics", "/healthz", "/readyz", "/", "/" + new string('x', random.Next(20_000)) }[random.Next(5)];
            var request = Encoding.ASCII.GetBytes($"GET {path} HTTP/1.1\r\nHost: {address.Authority}\r\nContent-Length: {random.Next(-5, 5)}\r\n\r\n");
            for (var change = random.Next(6); change > 0; change--)
            {
                request[random.Next(request.Length)] = (byte)random.Next(256);
            }

            await SendAsync(address, request);
        }
    }

    /// <summary>Random bytes, with and without HTTP/2's beginning.</summary>
    public static async Task SendRawAsync(Uri address, Random random)
    {
        var preface = "PRI * HTTP/2.0\r\n\r\nSM\r\n\r\n"u8.ToArray();
        for (var i = 0; i < RawConnections; i++)
        {
            var garbage = new byte[random.Next(1, 5000)];
            random.NextBytes(garbage);
            await SendAsync(address, i % 2 == 0 ? [.. preface, .. garbage] : garbage);
        }
    }

    /// <summary>Mutated messages of all kinds at all methods.</summary>
    public static async Task CallAsync(GrpcChannel channel, string[] methods, Random random)
    {
        var calls = channel.CreateCallInvoker();
        for (var i = 0; i < MutatedCalls; i++)
        {
            var method = methods[random.Next(methods.Length)].Split('/');
            Method<byte[], byte[]> raw = new(MethodType.DuplexStreaming, method[0], method[1], Marshallers.Create<byte[]>(bytes => bytes, bytes => bytes), Marshallers.Create<byte[]>(bytes => bytes, bytes => bytes));
            using CancellationTokenSource brief = new(TimeSpan.FromMilliseconds(200));
            using var call = calls.AsyncDuplexStreamingCall(raw, null, new CallOptions(cancellationToken: brief.Token));
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

    private static async Task SendAsync(Uri address, byte[] bytes)
    {
        using TcpClient client = new();
        await client.ConnectAsync(address.Host, address.Port);
        try
        {
            await client.GetStream().WriteAsync(bytes);
        }
        catch (IOException)
        {
            // The server has hung up, as it should.
        }
    }

    private static byte[] Mutated(Random random)
    {
        if (random.Next(10) == 0)
        {
            // The beginning of a group in a group in a group of a field that nobody knows.
            return [.. Enumerable.Repeat((byte)0x7B, random.Next(1, 50_000))];
        }

        IMessage[] messages =
        [
            new ListRequest { PageSize = 10, PageToken = "t" }, new CancelRequest { Reason = "fuzz" }, new SubmitRequest { SpecYaml = "batch: 4", Name = "fuzz" }, new StatRequest { Digest = new string('a', 64) },
            new UploadRequest { Start = new UploadStart { Digest = new string('a', 64), Bytes = 100 } },
            new WorkerMessage { Register = new RegisterWorker { Id = "fuzz", Protocol = 1, Version = "0", DeviceKind = "cpu" } },
            new EvaluatorMessage { Result = new EvaluationResult { Task = "fuzz" } },
        ];
        var bytes = messages[random.Next(messages.Length)].ToByteArray();
        for (var i = random.Next(8); i > 0 && bytes.Length > 0; i--)
        {
            bytes[random.Next(bytes.Length)] = (byte)random.Next(256);
        }

        // None holds the experiment's id: its cancellation would be no corruption.
        return random.Next(4) == 0 ? [.. bytes, .. bytes] : bytes;
    }
}