namespace ProjectedGan.Coordinator.Storage;

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
