using Microsoft.AspNetCore.Http;
using ProjectedGan.Telemetry.Hosting;

namespace ProjectedGan.Hosting.Serving;

/// <summary>Which path is served on which port. The API's port asks for tokens; what is for everybody stays on the port that was opened for it.</summary>
public sealed class PortRules(NodeServerOptions options)
{
    public const string AlivePath = "/healthz";
    public const string ReadyPath = "/readyz";

    /// <summary>Where everything of the page but its start lies.</summary>
    public const string AssetsPath = "/assets";

    /// <summary>What the page reads.</summary>
    public const string JsonPath = "/api";

    public bool Serves(HttpContext context)
    {
        // A plain-text port speaks either HTTP/2 or HTTP/1.1, and metrics never have TLS.
        bool isApi = options.Listen.IsTls ? context.Request.IsHttps : HttpProtocol.IsHttp2(context.Request.Protocol);
        PathString path = context.Request.Path;
        return path.Value is TelemetryServiceExtensions.MetricsPath or AlivePath or ReadyPath ? !isApi
            : IsWeb(path) ? options.Web == (isApi ? WebPlacement.ApiPort : WebPlacement.MetricsPort)
            : isApi;
    }

    private static bool IsWeb(PathString path) => path.Value is "/" || path.StartsWithSegments(AssetsPath) || path.StartsWithSegments(JsonPath);
}
