using static TorchSharp.torch;

namespace ProjectedGan.Networks.Features;

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
