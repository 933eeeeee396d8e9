using Grpc.Core;
using ProjectedGan.Hosting.Serving;
using ProjectedGan.Protocol.V1;
using ProjectedGan.Telemetry.Artifacts;
using ArtifactCalls = ProjectedGan.Protocol.V1.Artifacts.ArtifactsClient;

namespace ProjectedGan.Hosting.Artifacts;

/// <summary>
/// Moves artifacts from and to a coordinator. Transfers go on where they stopped, after a lost connection as after a restart of this
/// process, and count only when their SHA-256 is right.
/// </summary>
/// <param name="calls">A channel to the coordinator.</param>
/// <param name="options">How failures are dealt with.</param>
/// <param name="time">The clock of the pauses.</param>
/// <param name="instruments">Counts the bytes; null for commands, which show no metrics.</param>
public sealed class ArtifactClient(CallInvoker calls, TransferOptions options, TimeProvider time, ArtifactInstruments? instruments = null)
{
    private const int PieceBytes = 256 << 10;
    private readonly ArtifactCalls _client = new(calls);

    /// <summary>Brings an artifact into a store, unless it is there.</summary>
    /// <returns>The file's path.</returns>
    /// <exception cref="RpcException">The coordinator refuses, or stayed away longer than the patience.</exception>
    /// <exception cref="ArtifactException">The coordinator lacks it, it cannot be stored here, or arrived damaged twice.</exception>
    public async Task<string> FetchAsync(Artifact artifact, ArtifactStore store, IProgress<ArtifactProgress>? progress, CancellationToken cancellation)
    {
        var digest = ArtifactDigest.Parse(artifact.Digest);
        if (!store.Contains(digest))
        {
            await FetchAsync(
                artifact, () => store.BeginAsync(digest, artifact.Bytes, null, cancellation),
                // Another process with the same cache may have been faster.
                async file => await store.PublishAsync(digest, file), () => store.Contains(digest), progress, cancellation);
        }

        return store.Locate(digest);
    }

    /// <summary>Brings an artifact to a path. What is there of an interrupted try ends in <c>.part</c>.</summary>
    /// <inheritdoc cref="FetchAsync(Artifact, ArtifactStore, IProgress{ArtifactProgress}?, CancellationToken)"/>
    public async Task FetchToAsync(Artifact artifact, string path, IProgress<ArtifactProgress>? progress, CancellationToken cancellation)
    {
        var digest = ArtifactDigest.Parse(artifact.Digest);
        if (File.Exists(path) && await IsAsync(path, digest, artifact.Bytes, cancellation))
        {
            progress?.Report(new ArtifactProgress(artifact.Name, artifact.Bytes, artifact.Bytes));
            return;
        }

        await FetchAsync(
            artifact, () => PartialFile.OpenAsync($"{path}.{digest.ToString()[..12]}.part", digest, artifact.Bytes, null, cancellation),
            file => file.PublishAsync(path), () => false, progress, cancellation);
    }

    /// <summary>Brings a file to the coordinator, unless it has it.</summary>
    /// <returns>What it is called there.</returns>
    /// <exception cref="RpcException">The coordinator refuses it, or stayed away longer than the patience.</exception>
    /// <exception cref="ArtifactException">The file cannot be read.</exception>
    public async Task<Artifact> SendAsync(string path, IProgress<ArtifactProgress>? progress, CancellationToken cancellation)
    {
        try
        {
            // One opening for digest, length and bytes: the path may be a link, whose own length is another, or lead elsewhere meanwhile.
            await using var source = OpenRead(path);
            Artifact artifact = new()
            {
                Name = Path.GetFileName(path),
                Digest = (await ArtifactDigest.OfAsync(source, cancellation)).ToString(),
                Bytes = source.Length,
            };
            await new TransferRetries(options, time).RunAsync(moved => SendOnceAsync(source, artifact, moved, progress, cancellation), cancellation);
            return artifact;
        }
        catch (Exception error) when (error is IOException or UnauthorizedAccessException)
        {
            throw ArtifactException.From($"'{path}' cannot be read", error);
        }
    }

    private static FileStream OpenRead(string path) =>
        new(path, FileMode.Open, FileAccess.Read, FileShare.Read | FileShare.Delete, 1 << 20, FileOptions.Asynchronous | FileOptions.SequentialScan);

    private static async Task<bool> IsAsync(string path, ArtifactDigest digest, long bytes, CancellationToken cancellation)
    {
        await using var file = OpenRead(path);
        return file.Length == bytes && await ArtifactDigest.OfAsync(file, cancellation) == digest;
    }

    private async Task FetchAsync(
        Artifact artifact, Func<Task<PartialFile>> begin, Func<PartialFile, Task> publish, Func<bool> isThere,
        IProgress<ArtifactProgress>? progress, CancellationToken cancellation)
    {
        var wasDamaged = false;
        await new TransferRetries(options, time).RunAsync(
            async moved =>
            {
                if (isThere())
                {
                    return;
                }

                await using var file = await begin();
                progress?.Report(new ArtifactProgress(artifact.Name, file.Position, artifact.Bytes));
                using var call = _client.Download(
                    new DownloadRequest { Digest = artifact.Digest, Offset = file.Position }, cancellationToken: cancellation);
                while (await NextAsync(call.ResponseStream, artifact, cancellation))
                {
                    await file.WriteAsync(call.ResponseStream.Current.Data.Memory, cancellation);
                    instruments?.BytesReceived(call.ResponseStream.Current.Data.Length);
                    moved();
                    progress?.Report(new ArtifactProgress(artifact.Name, file.Position, artifact.Bytes));
                }

                try
                {
                    await publish(file);
                }
                catch (ArtifactException error) when (error.Fault == ArtifactFault.Damaged && !wasDamaged)
                {
                    // A half of an older, damaged try may be in it: once more from the beginning.
                    wasDamaged = true;
                    throw new ArtifactException(ArtifactFault.Busy, error.Message, error);
                }
            },
            cancellation);
    }

    private static async Task<bool> NextAsync(IAsyncStreamReader<DownloadResponse> pieces, Artifact artifact, CancellationToken cancellation)
    {
        try
        {
            return await pieces.MoveNext(cancellation);
        }
        catch (RpcException error) when (error.StatusCode == StatusCode.NotFound)
        {
            throw new ArtifactException(ArtifactFault.Missing, $"The coordinator does not have {artifact.Name} (artifact {artifact.Digest}) any more.", error);
        }
    }

    private async Task SendOnceAsync(FileStream source, Artifact artifact, Action moved, IProgress<ArtifactProgress>? progress, CancellationToken cancellation)
    {
        var state = await _client.StatAsync(new StatRequest { Digest = artifact.Digest }, cancellationToken: cancellation);
        progress?.Report(new ArtifactProgress(artifact.Name, state.Bytes, artifact.Bytes));
        if (state.Complete)
        {
            return;
        }

        source.Position = Math.Min(state.Bytes, artifact.Bytes);
        using var call = _client.Upload(cancellationToken: cancellation);
        try
        {
            await call.RequestStream.WriteAsync(
                new UploadRequest { Start = new UploadStart { Digest = artifact.Digest, Bytes = artifact.Bytes, Offset = source.Position } }, cancellation);
            await ArtifactPieces.SendAsync(
                source, PieceBytes,
                async data =>
                {
                    await call.RequestStream.WriteAsync(new UploadRequest { Data = data }, cancellation);
                    instruments?.BytesSent(data.Length);
                    moved();
                    progress?.Report(new ArtifactProgress(artifact.Name, source.Position, artifact.Bytes));
                },
                cancellation);
            await call.RequestStream.CompleteAsync();
        }
        catch (Exception error) when (error is RpcException or InvalidOperationException && !cancellation.IsCancellationRequested)
        {
            // The coordinator ended the call before it had everything; its answer below says why.
        }

        await call.ResponseAsync;
    }
}

/// <summary>How far a transfer is.</summary>
/// <param name="Name">The file's name.</param>
/// <param name="Bytes">Bytes done, those of earlier tries included.</param>
/// <param name="Total">Bytes of the whole.</param>
public readonly record struct ArtifactProgress(string Name, long Bytes, long Total);

/// <summary>How a transfer deals with failures.</summary>
public sealed record TransferOptions
{
    /// <summary>Time without any progress after which a transfer is given up; infinite for nodes, which wait for their coordinator. Default 1 minute.</summary>
    public TimeSpan Patience { get; init; } = TimeSpan.FromMinutes(1);

    /// <summary>Wait before the second try; each further one doubles it. Default 0.2 s.</summary>
    public TimeSpan FirstPause { get; init; } = TimeSpan.FromMilliseconds(200);

    /// <summary>The longest wait between tries. Default 10 s.</summary>
    public TimeSpan LongestPause { get; init; } = TimeSpan.FromSeconds(10);

    /// <summary>Time without any progress after which <see cref="Delayed"/> is told. Default 10 s.</summary>
    public TimeSpan DelayedAfter { get; init; } = TimeSpan.FromSeconds(10);

    /// <summary>Hears, once for each delay, why a transfer that is tried again and again does not go on.</summary>
    public Action<string> Delayed { get; init; } = _ => { };
}

/// <summary>Repeats a transfer until it is through: pauses grow, with jitter, and start anew whenever something got through.</summary>
internal sealed class TransferRetries(TransferOptions options, TimeProvider time)
{
    /// <param name="attempt">Goes on where the one before stopped; returns whether it is done; calls its argument whenever bytes got through.</param>
    /// <param name="cancellation">Ends the waiting.</param>
    public async Task RunAsync(Func<Action, Task> attempt, CancellationToken cancellation)
    {
        var last = time.GetTimestamp();
        var pause = options.FirstPause;
        var wasTold = false;
        while (true)
        {
            try
            {
                await attempt(() =>
                {
                    last = time.GetTimestamp();
                    pause = options.FirstPause;
                    wasTold = false;
                });
                return;
            }
            catch (Exception error) when (IsPassing(error) && !cancellation.IsCancellationRequested && IsPatient(last))
            {
                if (!wasTold && time.GetElapsedTime(last) >= options.DelayedAfter)
                {
                    wasTold = true;
                    options.Delayed(error is RpcException rpc ? rpc.Status.Detail : error.Message);
                }

                // Without jitter all workers that lost their coordinator come back at the same moment.
                await Task.Delay(pause * (0.5 + Random.Shared.NextDouble()), time, cancellation);
                pause = pause * 2 < options.LongestPause ? pause * 2 : options.LongestPause;
            }
        }
    }

    private static bool IsPassing(Exception error) => error switch
    {
        RpcException rpc => rpc.StatusCode is StatusCode.Unavailable or StatusCode.Aborted or StatusCode.DeadlineExceeded or StatusCode.Internal or StatusCode.Cancelled
            || StatusMapping.AsksForRetry(rpc),
        ArtifactException artifact => artifact.Fault == ArtifactFault.Busy,
        _ => false,
    };

    private bool IsPatient(long last) => options.Patience == Timeout.InfiniteTimeSpan || time.GetElapsedTime(last) < options.Patience;
}
