namespace ProjectedGan.Coordinator.Storage;

/// <summary>
/// The coordinator's database could not be read or written. The message is one line for an operator: which database, what failed,
/// what to do. Nothing was advanced: the caller's state keeps its version. When the connection broke in the middle of a write, the
/// database may hold the write all the same; the next write by the old version then meets a conflict, and the grain reads anew.
/// </summary>
[GenerateSerializer]
public sealed class GrainStorageException : OrleansException
{
    public GrainStorageException(string message, string reason, Exception innerException)
        : base(message, innerException)
    {
        Reason = reason;
    }

    /// <summary>One word of a fixed set, for metrics: see <see cref="StorageFailures"/>.</summary>
    [Id(0)]
    public string Reason { get; }
}

/// <summary>The values of <see cref="GrainStorageException.Reason"/> and of the attribute error.type.</summary>
public static class StorageFailures
{
    public const string Locked = "locked";
    public const string DiskFull = "disk_full";
    public const string Corrupt = "corrupt";
    public const string Unreachable = "unreachable";
    public const string Refused = "refused";
    public const string NewerVersion = "newer_version";
    public const string Unreadable = "unreadable";
    public const string Conflict = "conflict";
    public const string Cancelled = "cancelled";
    public const string Other = "other";
}
