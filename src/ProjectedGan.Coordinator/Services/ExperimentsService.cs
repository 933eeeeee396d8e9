using Google.Protobuf;
using Grpc.Core;
using Microsoft.Extensions.Hosting;
using Microsoft.Extensions.Logging;
using ProjectedGan.Coordinator.Contracts;
using ProjectedGan.Coordinator.Submissions;
using ProjectedGan.Hosting.Artifacts;
using ProjectedGan.Hosting.Security;
using ProjectedGan.Hosting.Serving;
using ProjectedGan.Protocol.V1;
using ProjectedGan.Telemetry;
using ProjectedGan.Telemetry.Artifacts;
using ProjectedGan.Telemetry.Tracing;

namespace ProjectedGan.Coordinator.Services;

/// <summary>The public API over the grains.</summary>
internal sealed partial class ExperimentsService(
    IGrainFactory grains, ExperimentReader reader, SubmissionReader submissions, ArtifactStore store, ArtifactInstruments instruments, NodeCatalog nodes,
    IHostApplicationLifetime lifetime, ILogger<ExperimentsService> logger) : Protocol.V1.Experiments.ExperimentsBase
{
    private const int PieceBytes = 256 << 10;

    // Below the 4 MiB that gRPC clients take in one message.
    private const int LargestImage = 3 << 20;

    private IExperimentDirectoryGrain Directory => grains.GetGrain<IExperimentDirectoryGrain>(GrainNames.Single);

    public override async Task<Experiment> Submit(SubmitRequest request, ServerCallContext context)
    {
        var user = Caller.Of(context).Name;
        var caller = context.RequestHeaders.GetValue("traceparent");
        using var span = Spans.StartSubmit(TraceContext.Parse(caller));
        try
        {
            var submission = await submissions.ReadAsync(request, user, context.CancellationToken);
            // Where this coordinator traces nothing, the nodes that do go on with the caller's trace.
            var id = await Directory.SubmitAsync(submission with { TraceParent = TraceContext.Of(span) ?? TraceContext.Valid(caller) }, request.RequestId);
            span?.SetTag(TelemetryAttributes.ExperimentId, id);
            LogSubmitted(logger, id, submission.Name, user, submission.SpecHash);
            return ExperimentMessages.ToMessage(await grains.GetGrain<IExperimentGrain>(id).GetAsync());
        }
        catch (Exception error)
        {
            span.Fail(error);
            throw;
        }
    }

    public override async Task<Experiment> Get(GetRequest request, ServerCallContext context) =>
        ExperimentMessages.ToMessage(await reader.GetAsync(request.Id));

    public override Task<ListResponse> List(ListRequest request, ServerCallContext context) => reader.ListAsync(request);

    public override async Task Watch(WatchRequest request, IServerStreamWriter<Event> responseStream, ServerCallContext context)
    {
        if (request.After < 0)
        {
            throw new FieldException("after", $"after is {request.After}; it is the number of an event, or 0 for all.");
        }

        var id = await reader.IdAsync(request.Id);
        using var end = CancellationTokenSource.CreateLinkedTokenSource(context.CancellationToken, lifetime.ApplicationStopping);
        try
        {
            await reader.Watch(id).RunAsync(request.After, record => responseStream.WriteAsync(EventMessages.ToMessage(record), end.Token), end.Token);
        }
        catch (OperationCanceledException) when (lifetime.ApplicationStopping.IsCancellationRequested)
        {
            throw StatusMapping.Refuse(StatusCode.Unavailable, "The coordinator is stopping; watch again behind the last event.");
        }
    }

    public override async Task<Experiment> Cancel(CancelRequest request, ServerCallContext context)
    {
        if (request.Reason.Length > 1000)
        {
            throw new FieldException("reason", $"reason has {request.Reason.Length} characters; it may have 1000.");
        }

        var user = Caller.Of(context).Name;
        var reason = request.Reason.Length > 0 ? $"cancelled by {user}: {request.Reason}" : $"cancelled by {user}";
        return ExperimentMessages.ToMessage(await (await reader.FindAsync(request.Id)).CancelAsync(reason));
    }

    public override async Task<Experiment> Pause(PauseRequest request, ServerCallContext context) =>
        ExperimentMessages.ToMessage(await (await reader.FindAsync(request.Id)).PauseAsync());

    public override async Task<Experiment> Resume(ResumeRequest request, ServerCallContext context)
    {
        var experiment = await reader.FindAsync(request.Id);
        return ExperimentMessages.ToMessage(request.HasTotalImages
            ? await experiment.ProlongAsync(SubmissionReader.Prolong(await experiment.GetAsync(), request.TotalImages))
            : await experiment.ResumeAsync());
    }

    public override async Task<Result> GetResult(GetResultRequest request, ServerCallContext context) => await ResultAsync(request.Id, request.Which);

    public override async Task Download(DownloadResultRequest request, IServerStreamWriter<DownloadResultResponse> responseStream, ServerCallContext context)
    {
        foreach (var file in (await ResultAsync(request.Id, request.Which)).Files)
        {
            await using var content = store.OpenRead(ArtifactDigest.Parse(file.Digest));
            await responseStream.WriteAsync(new DownloadResultResponse { File = file }, context.CancellationToken);
            await ArtifactPieces.SendAsync(
                content, PieceBytes,
                async data =>
                {
                    await responseStream.WriteAsync(new DownloadResultResponse { Data = data }, context.CancellationToken);
                    instruments.BytesSent(data.Length);
                },
                context.CancellationToken);
        }
    }

    public override async Task<SampleImage> GetSampleImage(GetSampleImageRequest request, ServerCallContext context)
    {
        var (snapshot, image) = await reader.FindImageAsync(request.Id, request.HasImages ? request.Images : null, request.Kind);
        await using var file = store.OpenRead(ArtifactDigest.Parse(image.Digest));
        return file.Length <= LargestImage
            ? new SampleImage { Images = snapshot.Images, Png = await ByteString.FromStreamAsync(file, context.CancellationToken) }
            : throw StatusMapping.Refuse(StatusCode.ResourceExhausted, $"The image has {file.Length} bytes, too many for one message; fetch artifact {image.Digest} with Artifacts.Download.");
    }

    public override Task<ListNodesResponse> ListNodes(ListNodesRequest request, ServerCallContext context) => nodes.ListAsync();

    private async Task<Result> ResultAsync(string id, GetResultRequest.Types.Which which)
    {
        var experiment = await reader.FindAsync(id);
        var found = which switch
        {
            GetResultRequest.Types.Which.Best => await experiment.GetBestAsync(),
            GetResultRequest.Types.Which.Latest => await experiment.GetLatestAsync(),
            _ => throw new FieldException("which", "which is missing; use WHICH_LATEST or WHICH_BEST."),
        };
        Result result = new() { Iteration = found.Iteration, Images = found.Images };
        result.Files.AddRange(found.Files.Select(ExperimentMessages.ToMessage));
        return result;
    }

    [LoggerMessage(131, LogLevel.Information, "Experiment {Experiment} '{Name}' was submitted by {User} with spec {SpecHash}")]
    private static partial void LogSubmitted(ILogger logger, string experiment, string name, string user, string specHash);
}
