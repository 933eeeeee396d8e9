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

/// <summary>A network that describes an image by one vector, for metrics. One thread at a time.</summary>
public interface IPooledFeatures
{
    /// <summary>The network's name, which every figure made from its features carries.</summary>
    string Name { get; }

    /// <summary>Length of the vectors.</summary>
    int FeatureCount { get; }

    /// <summary>The images' vectors. The network resizes the images as it needs them.</summary>
    /// <param name="images">uint8 [N, 3, H, W] or [N, 1, H, W] (grey), on the network's device.</param>
    /// <returns>[N, <see cref="FeatureCount"/>] in the type of the weights, without gradient.</returns>
    /// <exception cref="ArgumentException">The tensor is not of that shape or type.</exception>
    Tensor Pool(Tensor images);
}
