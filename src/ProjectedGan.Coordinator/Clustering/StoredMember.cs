using System.Collections.Immutable;

namespace ProjectedGan.Coordinator.Clustering;

/// <summary>What a row keeps of a silo beside its address, status and last sign of life. Times are the database's.</summary>
internal sealed record StoredMember
{
    public string HostName { get; init; } = "";

    public string SiloName { get; init; } = "";

    public string RoleName { get; init; } = "";

    public int ProxyPort { get; init; }

    public int UpdateZone { get; init; }

    public int FaultZone { get; init; }

    public DateTimeOffset Started { get; init; }

    public ImmutableArray<Vote> Votes { get; init; } = [];

    /// <summary>A silo's word that this one is dead.</summary>
    internal sealed record Vote(string Silo, DateTimeOffset Time);
}
