using Google.Protobuf.Collections;
using Microsoft.AspNetCore.Http;
using ProjectedGan.Coordinator.Services;
using ProjectedGan.Hosting.Security;
using ProjectedGan.Hosting.Serving;
using ProjectedGan.Protocol.V1;

namespace ProjectedGan.Web;

/// <summary>Experiments and nodes as JSON.</summary>
internal sealed class WebReader(ExperimentReader reader, NodeCatalog nodes)
{
    // A page draws no more points than this, and an answer stays below a few hundred KiB.
    private const int MostEntries = 1000;
    private const int PageSize = 100;

    public async Task WriteListAsync(HttpContext context)
    {
        ListRequest request = new()
        {
            PageSize = (int)WebQuery.Number(context, "pageSize", PageSize, MostEntries),
            PageToken = context.Request.Query["pageToken"].ToString(),
        };
        request.States.AddRange(context.Request.Query["state"].OfType<string>().Select(StateOf));
        await WebJson.WriteMessageAsync(context, await reader.ListAsync(request));
    }

    public async Task WriteExperimentAsync(HttpContext context)
    {
        var experiment = ExperimentMessages.ToMessage(await reader.GetAsync(WebQuery.Id(context)));
        Thin(experiment.Snapshots, snapshot => snapshot.Metrics.Count > 0 || (experiment.HasBestSnapshotImages && snapshot.Images == experiment.BestSnapshotImages));
        KeepLast(experiment.Epochs);
        KeepLast(experiment.History);
        await WebJson.WriteMessageAsync(context, experiment);
    }

    public async Task WriteNodesAsync(HttpContext context) => await WebJson.WriteMessageAsync(context, await nodes.ListAsync());

    private static ExperimentState StateOf(string text) =>
        Enum.GetNames<ExperimentState>().Contains(text, StringComparer.OrdinalIgnoreCase)
            ? Enum.Parse<ExperimentState>(text, ignoreCase: true)
            : throw new FieldException("state", $"state is '{WebQuery.Shortened(text)}'; use queued, starting, running, waiting, pausing, paused, completed, cancelled or failed.");

    // Measured snapshots are the curve and the walks; those with a grid alone are many and can be spared first.
    private static void Thin(RepeatedField<Snapshot> snapshots, Func<Snapshot, bool> isImportant)
    {
        if (snapshots.Count <= MostEntries)
        {
            return;
        }

        var important = Spread([.. snapshots.SkipLast(1).Where(isImportant)], MostEntries - 1);
        var others = Spread([.. snapshots.SkipLast(1).Where(snapshot => !isImportant(snapshot))], MostEntries - 1 - important.Length);
        Snapshot[] kept = [.. important.Concat(others).Append(snapshots[^1]).OrderBy(snapshot => snapshot.Images)];
        snapshots.Clear();
        snapshots.AddRange(kept);
    }

    private static T[] Spread<T>(T[] entries, int most) =>
        entries.Length <= most ? entries : [.. Enumerable.Range(0, Math.Max(0, most)).Select(place => entries[(long)place * entries.Length / most])];

    private static void KeepLast<T>(RepeatedField<T> entries)
    {
        T[] last = [.. entries.TakeLast(MostEntries)];
        entries.Clear();
        entries.AddRange(last);
    }
}

/// <summary>Says who is signed in, and what runs here.</summary>
internal sealed class WebSession(AccessPolicy access)
{
    public Task WriteAsync(HttpContext context) =>
        WebJson.WriteObjectAsync(context, new { user = Caller.Of(context).Name, asksForToken = access.Tokens is not null, version = ProductVersion.Release });
}
