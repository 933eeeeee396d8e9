namespace ProjectedGan.Coordinator.Contracts;

/// <summary>Names by which grains are found.</summary>
public static class GrainNames
{
    /// <summary>The storage of all grain state.</summary>
    public const string Storage = "pgan";

    /// <summary>The key of grains of which there is one in a cluster.</summary>
    public const string Single = "cluster";
}
