namespace ProjectedGan.Cli.Tests.Clusters;

/// <summary>Tests with several training processes: one after the other, for each wants all processors.</summary>
[CollectionDefinition(Name)]
public sealed class ClusterCollection
{
    public const string Name = "cluster";
}
