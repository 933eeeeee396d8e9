using System.Globalization;
using System.Reflection;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Http;
using Microsoft.AspNetCore.Routing;
using Microsoft.AspNetCore.StaticFiles;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Net.Http.Headers;
using ProjectedGan.Coordinator.Contracts;
using ProjectedGan.Coordinator.Services;
using ProjectedGan.Hosting.Artifacts;
using ProjectedGan.Hosting.Serving;
using ProjectedGan.Protocol.V1;

namespace ProjectedGan.Web;

/// <summary>The web page, and the JSON and images that it reads. docs/web.md lists the addresses.</summary>
public static class WebEndpoints
{
    private const string Version = $"{PortRules.JsonPath}/v1";
    private const string One = $"{Version}/experiments/{{id}}";

    // Rights are those of the calls of the public API that give the same.
    private const string Service = "/pgan.v1.Experiments/";
    private static readonly string[] Reading = [HttpMethods.Get, HttpMethods.Head];

    /// <summary>What <see cref="MapWeb"/> needs.</summary>
    public static IServiceCollection AddWeb(this IServiceCollection services) => services
        .AddSingleton<WebCalls>().AddSingleton<WebSession>().AddSingleton<WebReader>().AddSingleton<WebEvents>().AddSingleton<WebImages>();

    /// <summary>Serves the page and what it reads.</summary>
    public static void MapWeb(this WebApplication application)
    {
        ArgumentNullException.ThrowIfNull(application);
        var services = application.Services;
        MapPage(application);
        var calls = services.GetRequiredService<WebCalls>();
        var reader = services.GetRequiredService<WebReader>();
        var events = services.GetRequiredService<WebEvents>();
        var images = services.GetRequiredService<WebImages>();
        void Map(string path, string method, RequestDelegate handler) => application.MapMethods(path, Reading, calls.Guard(Service + method, handler));

        Map($"{Version}/session", "List", services.GetRequiredService<WebSession>().WriteAsync);
        Map($"{Version}/experiments", "List", reader.WriteListAsync);
        Map($"{Version}/nodes", "ListNodes", reader.WriteNodesAsync);
        Map(One, "Get", reader.WriteExperimentAsync);
        Map($"{One}/events", "Get", events.WriteAsync);
        Map($"{One}/statistics", "Get", events.WriteStatisticsAsync);
        application.MapGet($"{One}/stream", calls.Guard(Service + "Watch", events.StreamAsync));
        Map($"{One}/samples/{{images}}.png", "GetSampleImage", context => images.WriteAsync(context, GetSampleImageRequest.Types.Kind.Grid));
        Map($"{One}/walks/{{images}}.png", "GetSampleImage", context => images.WriteAsync(context, GetSampleImageRequest.Types.Kind.Walk));
        Map($"{One}/neighbours/{{images}}.png", "GetSampleImage", context => images.WriteAsync(context, GetSampleImageRequest.Types.Kind.Neighbours));
        application.Map($"{PortRules.JsonPath}/{{**rest}}", WebCalls.WriteUnknownAsync);
    }

    private static void MapPage(IEndpointRouteBuilder endpoints)
    {
        endpoints.MapMethods("/", Reading, context => WebAssets.WriteAsync(context, WebAssets.Start));
        endpoints.MapMethods($"{PortRules.AssetsPath}/{{**name}}", Reading, context => WebAssets.WriteAsync(context, context.Request.RouteValues["name"] as string ?? ""));
    }
}

/// <summary>The page's files, which are part of the program.</summary>
internal static class WebAssets
{
    /// <summary>The page itself.</summary>
    public const string Start = "index.html";

    private static readonly Assembly Program = typeof(WebAssets).Assembly;
    private static readonly FileExtensionContentTypeProvider Types = new();

    // Files of one build belong together: browsers ask each time, and get a short answer.
    private static readonly EntityTagHeaderValue Build = new($"\"{Program.ManifestModule.ModuleVersionId:N}\"");

    public static Task WriteAsync(HttpContext context, string name)
    {
        WebHeaders.AddTo(context.Response);
        if (Program.GetManifestResourceStream($"web/{name}") is not { } file)
        {
            return TypedResults.NotFound().ExecuteAsync(context);
        }

        context.Response.Headers.CacheControl = "no-cache";
        return TypedResults.Stream(file, Types.TryGetContentType(name, out var type) ? type : null, entityTag: Build).ExecuteAsync(context);
    }
}

/// <summary>Sample grids, latent walks and sheets of nearest training images as PNG.</summary>
internal sealed class WebImages(ExperimentReader reader, ArtifactStore store)
{
    private const string Newest = "newest";

    // A snapshot's image never changes; which one is the newest does.
    private const string Lasting = "private, max-age=86400, immutable";
    private const string Asking = "private, no-cache";

    public async Task WriteAsync(HttpContext context, GetSampleImageRequest.Types.Kind kind)
    {
        var which = (string)context.Request.RouteValues["images"]!;
        long? images = which == Newest ? null
            : long.TryParse(which, NumberStyles.None, CultureInfo.InvariantCulture, out var number) ? number
            : throw new NotFoundException($"'{WebQuery.Shortened(which)}' is no number of images; use the number of a snapshot, or {Newest}.");
        var (snapshot, image) = await reader.FindImageAsync(WebQuery.Id(context), images, kind);
        context.Response.Headers["X-Images"] = snapshot.Images.ToString(CultureInfo.InvariantCulture);
        context.Response.Headers.CacheControl = images is null ? Asking : Lasting;
        await TypedResults.Stream(store.OpenRead(ArtifactDigest.Parse(image.Digest)), "image/png", entityTag: new($"\"{image.Digest}\"")).ExecuteAsync(context);
    }
}
