namespace ProjectedGan.Coordinator.Experiments;

/// <summary>A worker that belongs to an experiment, a member or not yet.</summary>
[GenerateSerializer, Immutable]
public sealed record HeldWorker
{
    [Id(0)]
    public required string Worker { get; init; }

    [Id(1)]
    public required string Address { get; init; }

    [Id(2)]
    public required DateTimeOffset Granted { get; init; }

    /// <summary>Why it leaves; empty for one that stays.</summary>
    [Id(3)]
    public string Leaving { get; init; } = "";

    /// <summary>Since when it leaves.</summary>
    [Id(4)]
    public DateTimeOffset LeavingSince { get; init; }

    internal bool Stays => Leaving.Length == 0;
}
