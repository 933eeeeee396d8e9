namespace ProjectedGan.Coordinator.Clustering;

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
