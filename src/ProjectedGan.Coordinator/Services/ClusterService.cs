using Grpc.Core;
using Microsoft.Extensions.Hosting;
using Microsoft.Extensions.Logging;
using ProjectedGan.Hosting.Artifacts;
using ProjectedGan.Hosting.Serving;
using ProjectedGan.Protocol.V1;

namespace ProjectedGan.Coordinator.Services;

/// <summary>The streams of workers and evaluators, mapped onto their grains.</summary>
internal sealed class ClusterService(
    IGrainFactory grains, NodeAdmission admission, ArtifactStore store, TimeProvider time, IHostApplicationLifetime lifetime, ILogger<ClusterService> logger)
    : Cluster.ClusterBase
{
    public override Task Work(IAsyncStreamReader<WorkerMessage> requestStream, IServerStreamWriter<WorkerCommand> responseStream, ServerCallContext context) =>
        UntilStoppedAsync(context, async cancellation =>
        {
            var first = await NodeStream.FirstAsync(requestStream, message => message.Register is not null, cancellation);
            NodeAdmission.Check(first.Register);
            using CommandWriter<WorkerCommand> commands = new(responseStream, cancellation);
            WorkerLink link = new(grains, store, time, ClusterMessages.ToRecord(first.Register), commands, logger);
            await link.RunAsync(requestStream, admission.Welcome, cancellation);
        });

    public override Task Evaluate(IAsyncStreamReader<EvaluatorMessage> requestStream, IServerStreamWriter<EvaluatorCommand> responseStream, ServerCallContext context) =>
        UntilStoppedAsync(context, async cancellation =>
        {
            var first = await NodeStream.FirstAsync(requestStream, message => message.Register is not null, cancellation);
            NodeAdmission.Check(first.Register);
            using CommandWriter<EvaluatorCommand> commands = new(responseStream, cancellation);
            EvaluatorLink link = new(grains, store, EvaluatorLink.ToRecord(first.Register), commands, logger);
            await link.RunAsync(requestStream, admission.Welcome, cancellation);
        });

    // Streams of nodes never end by themselves; a coordinator that stops must not wait for them.
    private async Task UntilStoppedAsync(ServerCallContext context, Func<CancellationToken, Task> serve)
    {
        using var end = CancellationTokenSource.CreateLinkedTokenSource(context.CancellationToken, lifetime.ApplicationStopping);
        try
        {
            await serve(end.Token);
        }
        catch (Exception error) when (error is OperationCanceledException or RpcException && lifetime.ApplicationStopping.IsCancellationRequested)
        {
            throw StatusMapping.Refuse(StatusCode.Unavailable, "The coordinator is stopping.");
        }
    }
}
