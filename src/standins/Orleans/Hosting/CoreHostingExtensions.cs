using System.Net;
using Microsoft.Extensions.DependencyInjection.Extensions;
using Orleans.Configuration;

namespace Orleans.Hosting;

public static class CoreHostingExtensions
{
    /// <summary>Names the service and the cluster. The one silo of this process opens no port, so the endpoints have no effect.</summary>
    public static ISiloBuilder UseLocalhostClustering(this ISiloBuilder builder, int siloPort = 11111, int gatewayPort = 30000, IPEndPoint? primarySiloEndpoint = null, string serviceId = "dev", string clusterId = "dev")
        => builder.Configure<ClusterOptions>(options => (options.ServiceId, options.ClusterId) = (serviceId, clusterId));

    /// <summary>A call runs in an activity of the source "Microsoft.Orleans.Application", below its caller's.</summary>
    public static ISiloBuilder AddActivityPropagation(this ISiloBuilder builder)
        => builder.ConfigureServices(static services => services.TryAddSingleton(new ActivityPropagation()));
}
