using Grpc.Core;
using Grpc.Net.Client;
using ProjectedGan.Cli.Tests.Processes;
using ProjectedGan.Hosting.Artifacts;
using ProjectedGan.Hosting.Serving;
using ProjectedGan.Protocol.V1;

namespace ProjectedGan.Web.Tests.Recording;

/// <summary>An evaluator that draws plain images and makes figures up: the more images, the better.</summary>
internal sealed class ScriptedEvaluator : IAsyncDisposable
{
    private readonly AsyncDuplexStreamingCall<EvaluatorMessage, EvaluatorCommand> _call;
    private readonly ArtifactClient _artifacts;
    private readonly TemporaryFolder _home;
    private readonly SemaphoreSlim _writing = new(1);
    private readonly CancellationTokenSource _stop = new();
    private readonly Task _working;
    private readonly Task _living;

    private ScriptedEvaluator(GrpcChannel channel, TemporaryFolder home)
    {
        _call = new Cluster.ClusterClient(channel).Evaluate();
        _artifacts = new ArtifactClient(channel.CreateCallInvoker(), new TransferOptions(), TimeProvider.System);
        _home = home;
        _working = WorkAsync();
        _living = LiveAsync();
    }

    public static ScriptedEvaluator Start(GrpcChannel channel, TemporaryFolder home) => new(channel, home);

    /// <summary>The figure that is told of a snapshot.</summary>
    public static double Distance(long images) => 300.0 / (images + 1);

    /// <summary>Brings a file to the coordinator.</summary>
    public async Task<Artifact> UploadAsync(string name, byte[] content)
    {
        await File.WriteAllBytesAsync(_home.At(name), content);
        return await _artifacts.SendAsync(_home.At(name), null, CancellationToken.None);
    }

    public async ValueTask DisposeAsync()
    {
        await _stop.CancelAsync();
        _call.Dispose();
        await Task.WhenAll(_working, _living);
        _stop.Dispose();
        _writing.Dispose();
    }

    private async Task WorkAsync()
    {
        try
        {
            await SendAsync(new EvaluatorMessage
            {
                Register = new RegisterEvaluator { Protocol = (int)ProtocolVersion.Current, Version = ProductVersion.Full, Id = "evaluator-of-the-test", Name = "evaluator-of-the-test", DeviceKind = "cpu", Device = "none" },
            });
            await SendAsync(new EvaluatorMessage { Status = new EvaluatorStatus() });
            while (await _call.ResponseStream.MoveNext(CancellationToken.None))
            {
                if (_call.ResponseStream.Current.Task is { } task)
                {
                    await SendAsync(new EvaluatorMessage { Result = await EvaluateAsync(task) });
                }
            }
        }
        catch (Exception error) when (error is OperationCanceledException or RpcException or ObjectDisposedException or InvalidOperationException)
        {
            // The test is over.
        }
    }

    private async Task LiveAsync()
    {
        using PeriodicTimer timer = new(TimeSpan.FromSeconds(2));
        try
        {
            while (await timer.WaitForNextTickAsync(_stop.Token))
            {
                await SendAsync(new EvaluatorMessage { Status = new EvaluatorStatus() });
            }
        }
        catch (Exception error) when (error is OperationCanceledException or RpcException or ObjectDisposedException or InvalidOperationException)
        {
            // The test is over.
        }
    }

    private async Task SendAsync(EvaluatorMessage message)
    {
        await _writing.WaitAsync(_stop.Token);
        try
        {
            await _call.RequestStream.WriteAsync(message, _stop.Token);
        }
        finally
        {
            _writing.Release();
        }
    }

    private async Task<EvaluationResult> EvaluateAsync(EvaluationTask task) => new()
    {
        Task = task.Id,
        Grid = await UploadAsync($"samples-{task.Images}.png", Drawings.Grid(task.Images)),
        Walk = await UploadAsync($"walk-{task.Images}.png", Drawings.Walk(task.Images)),
        Neighbours = await UploadAsync($"neighbours-{task.Images}.png", Drawings.Neighbours(task.Images)),
        Metrics = { new MetricValue { Metric = "fid", Value = Distance(task.Images), Samples = 1000, StandardDeviation = 0.25 } },
    };
}
