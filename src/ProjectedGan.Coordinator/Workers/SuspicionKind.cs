namespace ProjectedGan.Coordinator.Workers;

/// <summary>What a worker holds against a peer.</summary>
public enum SuspicionKind
{
    Unreachable,
    Checksum,
    NonFinite,
}
