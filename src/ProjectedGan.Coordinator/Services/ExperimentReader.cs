using ProjectedGan.Coordinator.Contracts;
using ProjectedGan.Hosting.Serving;
using ProjectedGan.Protocol.V1;

namespace ProjectedGan.Coordinator.Services;

/// <summary>What clients may look at, whether they call by gRPC or look at the web page.</summary>
public sealed class ExperimentReader(IGrainFactory grains, IExperimentJournal journal)
{
    private const int LargestPage = 1000;
    private const int DefaultPage = 100;
    private const int LongestId = 100;

    private IExperimentDirectoryGrain Directory => grains.GetGrain<IExperimentDirectoryGrain>(GrainNames.Single);

    /// <summary>The whole id of an id's beginning. Databases differ in what they make of odd characters; no id has any.</summary>
    /// <exception cref="NotFoundException">There is none.</exception>
    public Task<string> IdAsync(string text) => text.Length <= LongestId && text.All(char.IsAsciiLetterOrDigit)
        ? Directory.FindAsync(text)
        : throw new NotFoundException($"There is no experiment \"{ClusterMessages.Bounded(text)}\".");

    public async Task<IExperimentGrain> FindAsync(string id) => grains.GetGrain<IExperimentGrain>(await IdAsync(id));

    public async Task<ExperimentView> GetAsync(string id) => await (await FindAsync(id)).GetAsync();

    public async Task<ListResponse> ListAsync(ListRequest request)
    {
        if (request.PageSize is < 0 or > LargestPage)
        {
            throw new FieldException("page_size", $"page_size is {request.PageSize}; it may be up to {LargestPage}, and 0 means {DefaultPage}.");
        }

        if (request.PageToken.Length > LongestId || request.PageToken.Any(char.IsControl))
        {
            throw new FieldException("page_token", "page_token is none that this coordinator gave.");
        }

        var page = await Directory.ListAsync(new ExperimentQuery
        {
            States = ExperimentMessages.ToRecords(request.States),
            PageSize = request.PageSize == 0 ? DefaultPage : request.PageSize,
            PageToken = request.PageToken,
        });
        ListResponse response = new() { NextPageToken = page.NextPageToken };
        response.Experiments.AddRange(page.Experiments.Select(ExperimentMessages.ToMessage));
        return response;
    }

    /// <summary>Follows an experiment.</summary>
    /// <param name="id">Its whole id, see <see cref="IdAsync"/>.</param>
    public ExperimentWatch Watch(string id) => new(grains, journal, id);

    /// <summary>The image that was drawn at a snapshot.</summary>
    /// <param name="id">The experiment.</param>
    /// <param name="images">The snapshot; null for the newest that has such an image.</param>
    /// <param name="kind">Grid, walk or neighbours.</param>
    /// <exception cref="NotFoundException">There is no such image.</exception>
    public async Task<(SnapshotRecord Snapshot, ArtifactReference Image)> FindImageAsync(string id, long? images, GetSampleImageRequest.Types.Kind kind)
    {
        var view = await GetAsync(id);
        var what = kind switch
        {
            GetSampleImageRequest.Types.Kind.Walk => "latent walk",
            GetSampleImageRequest.Types.Kind.Neighbours => "sheet of nearest training images",
            _ => "sample grid",
        };
        SnapshotRecord snapshot = view.Snapshots.LastOrDefault(snapshot => ImageOf(snapshot, kind) is not null && (images is null || snapshot.Images == images))
            ?? throw new NotFoundException(images is null ? $"Experiment {view.Id} has no {what} yet." : $"Experiment {view.Id} has no {what} at {images} images.");
        return (snapshot, ImageOf(snapshot, kind)!);
    }

    private static ArtifactReference? ImageOf(SnapshotRecord snapshot, GetSampleImageRequest.Types.Kind kind) => kind switch
    {
        GetSampleImageRequest.Types.Kind.Unspecified or GetSampleImageRequest.Types.Kind.Grid => snapshot.Grid,
        GetSampleImageRequest.Types.Kind.Walk => snapshot.Walk,
        GetSampleImageRequest.Types.Kind.Neighbours => snapshot.Neighbours,
        _ => throw new FieldException("kind", $"kind is {(int)kind}; use KIND_GRID, KIND_WALK or KIND_NEIGHBOURS."),
    };
}
