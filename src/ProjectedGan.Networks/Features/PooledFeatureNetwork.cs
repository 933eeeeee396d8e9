using static ProjectedGan.Torch.Scalars;
using static TorchSharp.torch;

namespace ProjectedGan.Networks.Features;

/// <summary>Describes images by the pooled features of a feature network.</summary>
/// <param name="network">The network; not disposed with this object, which only uses it.</param>
/// <param name="inputSize">Side in pixels to which images are resized, a multiple of 32.</param>
public sealed class PooledFeatureNetwork(FeatureNetwork network, int inputSize = PooledFeatureNetwork.DefaultInputSize) : IPooledFeatures
{
    /// <summary>The size that the networks were trained with.</summary>
    public const int DefaultInputSize = 224;

    /// <inheritdoc/>
    public string Name => network.Name;

    /// <inheritdoc/>
    public int FeatureCount => network.PooledChannels;

    /// <inheritdoc/>
    public Tensor Pool(Tensor images)
    {
        using var _ = no_grad();
        using var scope = NewDisposeScope();
        var type = network.parameters().First().dtype;
        var scaled = ImageTensors.FromBytes(images, type).div_(Of(127.5)).sub_(Of(1.0));
        return network.Pool(ImageTensors.Resize(scaled, inputSize)).MoveToOuterDisposeScope();
    }
}
