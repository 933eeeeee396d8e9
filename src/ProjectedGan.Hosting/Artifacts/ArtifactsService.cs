using Grpc.Core;
using Microsoft.Extensions.Logging;
using ProjectedGan.Protocol.V1;
using ProjectedGan.Telemetry.Artifacts;

namespace ProjectedGan.Hosting.Artifacts;

/// <summary>The store over gRPC.</summary>
public sealed partial class ArtifactsService(ArtifactStore store, ArtifactInstruments instruments, TimeProvider time, ILogger<ArtifactsService> logger)
    : Protocol.V1.Artifacts.ArtifactsBase
{
    private const int PieceBytes = 256 << 10;
    private const int LargestPiece = 1 << 20;

    // An upload holds its file: a client that fell silent must not keep others from sending it.
    private static readonly TimeSpan Silence = TimeSpan.FromSeconds(30);

    public override Task<StatResponse> Stat(StatRequest request, ServerCallContext context) =>
        Task.FromResult(Response(ArtifactDigest.Parse(request.Digest)));

    public override async Task<StatResponse> Upload(IAsyncStreamReader<UploadRequest> requestStream, ServerCallContext context)
    {
        using CancellationTokenSource silent = new(Silence, time);
        using var ended = CancellationTokenSource.CreateLinkedTokenSource(silent.Token, context.CancellationToken);
        try
        {
            return await ReceiveAsync(requestStream, () => silent.CancelAfter(Silence), ended.Token);
        }
        catch (Exception error) when (silent.IsCancellationRequested && error is OperationCanceledException or RpcException)
        {
            throw new ArtifactException(ArtifactFault.Busy, $"The upload was silent for {Silence.TotalSeconds} s; continue it with a new call.");
        }
    }

    public override async Task Download(DownloadRequest request, IServerStreamWriter<DownloadResponse> responseStream, ServerCallContext context)
    {
        await using var file = store.OpenRead(ArtifactDigest.Parse(request.Digest));
        if (request.Offset < 0 || request.Offset > file.Length)
        {
            throw new ArtifactException(ArtifactFault.Invalid, $"offset is {request.Offset}; artifact {request.Digest} has {file.Length} bytes.");
        }

        file.Position = request.Offset;
        await ArtifactPieces.SendAsync(
            file, PieceBytes,
            async data =>
            {
                await responseStream.WriteAsync(new DownloadResponse { Data = data }, context.CancellationToken);
                instruments.BytesSent(data.Length);
            },
            context.CancellationToken);
    }

    private async Task<StatResponse> ReceiveAsync(IAsyncStreamReader<UploadRequest> requests, Action alive, CancellationToken cancellation)
    {
        if (!await requests.MoveNext(cancellation) || requests.Current.Start is not { } start)
        {
            throw new ArtifactException(ArtifactFault.Invalid, "The first message of an upload must name the artifact (start).");
        }

        var digest = ArtifactDigest.Parse(start.Digest);
        if (store.Contains(digest))
        {
            return Response(digest);
        }

        await using var file = await store.BeginAsync(digest, start.Bytes, start.Offset, cancellation);
        while (await requests.MoveNext(cancellation))
        {
            alive();
            var data = requests.Current.Data;
            if (requests.Current.PartCase != UploadRequest.PartOneofCase.Data || data.Length > LargestPiece)
            {
                throw new ArtifactException(ArtifactFault.Invalid, $"After the first message an upload holds data in pieces of at most {LargestPiece} bytes.");
            }

            await file.WriteAsync(data.Memory, cancellation);
            instruments.BytesReceived(data.Length);
        }

        await store.PublishAsync(digest, file);
        LogStored(logger, digest.ToString(), start.Bytes);
        return Response(digest);
    }

    private StatResponse Response(ArtifactDigest digest)
    {
        var state = store.Stat(digest);
        return new StatResponse { Complete = state.Complete, Bytes = state.Bytes };
    }

    [LoggerMessage(101, LogLevel.Information, "Stored artifact {Digest} of {Bytes} bytes")]
    private static partial void LogStored(ILogger logger, string digest, long bytes);
}
