namespace ProjectedGan.Coordinator.Storage;

/// <summary>Where experiments are remembered.</summary>
public enum StorageKind
{
    /// <summary>One file in the data folder.</summary>
    Sqlite,

    /// <summary>A PostgreSQL database.</summary>
    Postgres,
}
