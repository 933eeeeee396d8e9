using System.Globalization;
using Microsoft.AspNetCore.Http;
using ProjectedGan.Coordinator.Contracts;
using ProjectedGan.Coordinator.Services;
using ProjectedGan.Hosting.Artifacts;
using ProjectedGan.Protocol.V1;

namespace ProjectedGan.Web;

/// <summary>Sample grids, latent walks and sheets of nearest training images as PNG.</summary>
internal sealed class WebImages(ExperimentReader reader, ArtifactStore store)
{
    private const string Newest = "newest";

    // A snapshot's image never changes; which one is the newest does.
    private const string Lasting = "private, max-age=86400, immutable";
    private const string Asking = "private, no-cache";

    public async Task WriteAsync(HttpContext context, GetSampleImageRequest.Types.Kind kind)
    {
        string which = (string)context.Request.RouteValues["images"]!;
        long? images = which == Newest ? null
            : long.TryParse(which, NumberStyles.None, CultureInfo.InvariantCulture, out long number) ? number
            : throw new NotFoundException($"'{WebQuery.Shortened(which)}' is no number of images; use the number of a snapshot, or {Newest}.");
        (SnapshotRecord snapshot, ArtifactReference image) = await reader.FindImageAsync(WebQuery.Id(context), images, kind);
        context.Response.Headers["X-Images"] = snapshot.Images.ToString(CultureInfo.InvariantCulture);
        context.Response.Headers.CacheControl = images is null ? Asking : Lasting;
        await TypedResults.Stream(store.OpenRead(ArtifactDigest.Parse(image.Digest)), "image/png", entityTag: new($"\"{image.Digest}\"")).ExecuteAsync(context);
    }
}
