using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Http;
using Microsoft.AspNetCore.Routing;
using Microsoft.Extensions.DependencyInjection;
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
        IServiceProvider services = application.Services;
        MapPage(application);
        WebCalls calls = services.GetRequiredService<WebCalls>();
        WebReader reader = services.GetRequiredService<WebReader>();
        WebEvents events = services.GetRequiredService<WebEvents>();
        WebImages images = services.GetRequiredService<WebImages>();
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
