namespace ProjectedGan.Coordinator.Tests.Storage;

[GenerateSerializer]
public sealed record Counter
{
    [Id(0)]
    public long Value { get; init; }
}
