using ProjectedGan.Foundation;
using static TorchSharp.torch;

namespace ProjectedGan.Networks.Features;

/// <summary>Features of images that <see cref="CleanResize"/> brings to the network's size: other ones than its own, under another name.</summary>
public sealed class CleanResizedFeatures : IPooledFeatures
{
    private readonly ISizedFeatures _network;

    /// <param name="network">The network; not disposed with this object.</param>
    /// <exception cref="UsageException">It takes no images of one size.</exception>
    public CleanResizedFeatures(IPooledFeatures network)
    {
        ArgumentNullException.ThrowIfNull(network);
        _network = network as ISizedFeatures
            ?? throw new UsageException($"{network.Name} takes no images that are resized already; leave the resizing to it.");
        Name = $"{network.Name}_clean";
        FeatureCount = network.FeatureCount;
    }

    /// <inheritdoc/>
    public string Name { get; }

    /// <inheritdoc/>
    public int FeatureCount { get; }

    /// <inheritdoc/>
    public Tensor Pool(Tensor images)
    {
        using var resized = CleanResize.Bicubic(images, _network.ImageSize);
        return _network.PoolSized(resized);
    }
}

/// <summary>Pooled features of images that have the network's size.</summary>
internal interface ISizedFeatures
{
    /// <summary>Side in pixels.</summary>
    int ImageSize { get; }

    /// <summary>The images' vectors, as <see cref="IPooledFeatures.Pool"/> gives them.</summary>
    /// <param name="pixels">float32 [N, 3, <see cref="ImageSize"/>, <see cref="ImageSize"/>] with values in [0, 255].</param>
    Tensor PoolSized(Tensor pixels);
}
