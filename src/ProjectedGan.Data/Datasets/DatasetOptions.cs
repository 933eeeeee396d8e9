namespace ProjectedGan.Data.Datasets;

/// <summary>How a dataset is opened for training.</summary>
public sealed record DatasetOptions
{
    /// <summary>3: RGB, grey images repeat their channel; 1: grey, RGB images become luma.</summary>
    public int Channels { get; init; } = 3;

    /// <summary>Bytes of decoded images kept in memory, so that they are decoded once; images past the limit are decoded at each read. 0 keeps none.</summary>
    public long CacheBytes { get; init; } = 512L << 20;
}
