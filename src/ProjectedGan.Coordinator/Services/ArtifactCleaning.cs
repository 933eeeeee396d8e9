using Microsoft.Extensions.Hosting;
using Microsoft.Extensions.Logging;
using ProjectedGan.Coordinator.Catalog;
using ProjectedGan.Coordinator.Contracts;
using ProjectedGan.Hosting.Artifacts;

namespace ProjectedGan.Coordinator.Services;

/// <summary>Deletes files that no experiment needs or offers any more, once an hour.</summary>
internal sealed partial class ArtifactCleaning(ReferencedArtifacts references, ArtifactStore store, SchedulerStart start, TimeSpan keepUnused, TimeProvider time, ILogger<ArtifactCleaning> logger)
    : BackgroundService
{
    private static readonly TimeSpan Interval = TimeSpan.FromHours(1);

    protected override async Task ExecuteAsync(CancellationToken stoppingToken)
    {
        await start.Awake.WaitAsync(stoppingToken);
        using PeriodicTimer timer = new(Interval, time);
        do
        {
            try
            {
                // The age is taken first: what is written while the references are read is younger.
                var untouched = time.GetUtcNow() - keepUnused;
                var needed = await references.ReadAsync(stoppingToken);
                LogFreed(logger, store.Prune(digest => needed.Contains(digest.ToString()), untouched));
            }
            catch (Exception error) when (error is not OperationCanceledException)
            {
                // Without a full answer nothing may be deleted.
                LogSkipped(logger, error);
            }
        }
        while (await timer.WaitForNextTickAsync(stoppingToken));
    }

    [LoggerMessage(136, LogLevel.Information, "Deleted {Bytes} bytes of files that no experiment needs")]
    private static partial void LogFreed(ILogger logger, long bytes);

    [LoggerMessage(137, LogLevel.Warning, "Files that no experiment needs were not looked for")]
    private static partial void LogSkipped(ILogger logger, Exception exception);
}

/// <summary>What of the artifacts can be fetched from this coordinator.</summary>
internal sealed class HeldArtifacts(ArtifactStore store) : IHeldArtifacts
{
    public bool Has(ArtifactReference artifact) => !store.IsThere || (ArtifactDigest.IsDigest(artifact.Digest) && store.Contains(ArtifactDigest.Parse(artifact.Digest)));
}
