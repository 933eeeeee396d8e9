using Microsoft.Extensions.Hosting;
using Microsoft.Extensions.Logging;
using ProjectedGan.Coordinator.Catalog;
using ProjectedGan.Hosting.Artifacts;

namespace ProjectedGan.Coordinator.Services;

/// <summary>Deletes files that no experiment needs or offers any more, once an hour.</summary>
internal sealed class ArtifactCleaning(ReferencedArtifacts references, ArtifactStore store, SchedulerStart start, TimeSpan keepUnused, TimeProvider time, ILogger<ArtifactCleaning> logger)
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
                DateTimeOffset untouched = time.GetUtcNow() - keepUnused;
                IReadOnlySet<string> needed = await references.ReadAsync(stoppingToken);
                ArtifactCleaningLog.Freed(logger, store.Prune(digest => needed.Contains(digest.ToString()), untouched));
            }
            catch (Exception error) when (error is not OperationCanceledException)
            {
                // Without a full answer nothing may be deleted.
                ArtifactCleaningLog.Skipped(logger, error);
            }
        }
        while (await timer.WaitForNextTickAsync(stoppingToken));
    }
}
