namespace ProjectedGan.Coordinator.Experiments;

/// <summary>One worker received data of another that failed their check. Which of the two is at fault, one report does not tell.</summary>
[GenerateSerializer, Immutable]
public sealed record DamageReport
{
    [Id(0)]
    public required long Epoch { get; init; }

    /// <summary>Who received it.</summary>
    [Id(1)]
    public required string By { get; init; }

    /// <summary>Who sent it.</summary>
    [Id(2)]
    public required string About { get; init; }

    /// <summary>Times in that epoch.</summary>
    [Id(3)]
    public required int Count { get; init; }

    internal bool Concerns(string worker) => By == worker || About == worker;
}
