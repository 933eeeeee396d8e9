using System.Reflection;
using Google.Protobuf.Reflection;
using Grpc.HealthCheck;
using Microsoft.AspNetCore.Http;
using ProjectedGan.Telemetry.Hosting;
using static Grpc.Health.V1.HealthCheckResponse.Types;

namespace ProjectedGan.Hosting.Serving;

/// <summary>Whether a node serves, for whoever asks: the gRPC health service and <c>/readyz</c>. No node does until it is said to. Thread-safe.</summary>
public sealed class NodeHealth
{
    private readonly HealthServiceImpl _statuses;
    private readonly string[] _services;
    private volatile bool _isServing;

    /// <param name="statuses">What the health service answers from.</param>
    /// <param name="services">Those of the node itself, which serve and stop together.</param>
    public NodeHealth(HealthServiceImpl statuses, IEnumerable<ServiceDescriptor> services)
    {
        _statuses = statuses;
        // The empty name stands for the whole node.
        _services = ["", .. services.Select(service => service.FullName)];
        IsServing = false;
    }

    public bool IsServing
    {
        get => _isServing;
        set
        {
            _isServing = value;
            foreach (var service in _services)
            {
                _statuses.SetStatus(service, value ? ServingStatus.Serving : ServingStatus.NotServing);
            }
        }
    }
}

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
        var isApi = options.Listen.IsTls ? context.Request.IsHttps : HttpProtocol.IsHttp2(context.Request.Protocol);
        var path = context.Request.Path;
        return path.Value is TelemetryServiceExtensions.MetricsPath or AlivePath or ReadyPath ? !isApi
            : IsWeb(path) ? options.Web == (isApi ? WebPlacement.ApiPort : WebPlacement.MetricsPort)
            : isApi;
    }

    private static bool IsWeb(PathString path) => path.Value is "/" || path.StartsWithSegments(AssetsPath) || path.StartsWithSegments(JsonPath);
}

/// <summary>The version of this build.</summary>
public static class ProductVersion
{
    /// <summary>With the commit where the build knew it, for example 0.1.0+1a2b3c.</summary>
    public static string Full { get; } = typeof(ProductVersion).Assembly.GetCustomAttribute<AssemblyInformationalVersionAttribute>()!.InformationalVersion;

    /// <summary>Without the commit.</summary>
    public static string Release { get; } = ReleaseOf(Full);

    /// <summary>A version without its commit.</summary>
    public static string ReleaseOf(string version) => version.Split('+', 2)[0];
}
