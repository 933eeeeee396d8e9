using Microsoft.Extensions.Logging;
using ProjectedGan.Coordinator.Clustering;
using ProjectedGan.Coordinator.Contracts;
using ProjectedGan.Coordinator.Storage;
using ProjectedGan.Coordinator.Submissions;
using ProjectedGan.Foundation;
using ProjectedGan.Hosting.Artifacts;
using ProjectedGan.Hosting.Serving;
using ProjectedGan.Weights;

namespace ProjectedGan.Coordinator.Startup;

/// <summary>What a coordinator was started with.</summary>
public sealed record CoordinatorOptions
{
    /// <summary>Holds the artifacts, and the database where that is SQLite.</summary>
    public required string DataFolder { get; init; }

    /// <summary>Holds the artifacts in place of <see cref="DataFolder"/>, and is shared with other coordinators on the same PostgreSQL; null without.</summary>
    public string? SharedFolder { get; init; }

    public required NodeServerOptions Server { get; init; }

    public StorageKind Storage { get; init; }

    /// <summary>Npgsql's; empty for SQLite.</summary>
    public string ConnectionString { get; init; } = "";

    public ClusteringKind Clustering { get; init; }

    /// <summary>Where other coordinators reach this one.</summary>
    public SiloListen SiloListen { get; init; } = new(null, 0);

    public CoordinationOptions Coordination { get; init; } = new();

    public ArtifactStoreOptions Artifacts { get; init; } = new();

    /// <summary>Where weights that a submission names are looked for.</summary>
    public required WeightStore Weights { get; init; }

    public LocalFiles LocalFiles { get; init; } = new((string?)null);

    /// <summary>Age at which files that no experiment needs are deleted. Default 24 h: an upload may precede its submission by hours.</summary>
    public TimeSpan KeepUnusedFiles { get; init; } = TimeSpan.FromHours(24);

    public LogLevel LogLevel { get; init; } = LogLevel.Information;
}

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

        var socket = SiloSocket.Bind(options.SiloListen.Resolve(options.ConnectionString));
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
