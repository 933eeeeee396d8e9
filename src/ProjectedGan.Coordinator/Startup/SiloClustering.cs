using ProjectedGan.Coordinator.Clustering;
using ProjectedGan.Foundation;

namespace ProjectedGan.Coordinator.Startup;

/// <summary>Gives a coordinator's silo its peers.</summary>
internal static class SiloClustering
{
    /// <exception cref="UsageException">The silo cannot listen where it should.</exception>
    public static void AddTo(ISiloBuilder silo, CoordinatorOptions options)
    {
        if (options.Clustering == ClusteringKind.None)
        {
            silo.UseSingleSilo();
            return;
        }

        SiloSocket socket = SiloSocket.Bind(options.SiloListen.Resolve(options.ConnectionString));
        silo.UseDatabaseClustering(socket.Address, socket);
        if (options.Clustering == ClusteringKind.Kubernetes)
        {
            silo.UseKubernetesHosting();
        }
    }
}

/// <summary>How coordinator processes find each other.</summary>
public enum ClusteringKind
{
    /// <summary>There is one.</summary>
    None,

    /// <summary>By a table in PostgreSQL.</summary>
    Postgres,

    /// <summary>By Kubernetes, with the table in PostgreSQL.</summary>
    Kubernetes,
}
