using static ProjectedGan.Tensors.Scalars;
using static TorchSharp.torch;

namespace ProjectedGan.Networks.Features;

/// <summary>Describes images by the pooled features of a feature network.</summary>
/// <param name="network">The network; not disposed with this object, which only uses it.</param>
/// <param name="inputSize">Side in pixels to which images are resized, a multiple of 32.</param>
public sealed class PooledFeatureNetwork(FeatureNetwork network, int inputSize = PooledFeatureNetwork.DefaultInputSize)
    : IPooledFeatures, ISizedFeatures
{
    /// <summary>The size that the networks were trained with.</summary>
    public const int DefaultInputSize = 224;

    /// <inheritdoc/>
    public string Name => network.Name;

    /// <inheritdoc/>
    public int FeatureCount => network.PooledChannels;

    /// <inheritdoc/>
    int ISizedFeatures.ImageSize => inputSize;

    /// <inheritdoc/>
    public Tensor Pool(Tensor images)
    {
        using var _ = no_grad();
        using var scope = NewDisposeScope();
        return network.Pool(FeatureInput.Resize(Scale(FeatureInput.FromBytes(images, Type)), inputSize)).MoveToOuterDisposeScope();
    }

    /// <inheritdoc/>
    Tensor ISizedFeatures.PoolSized(Tensor pixels)
    {
        using var _ = no_grad();
        using var scope = NewDisposeScope();
        return network.Pool(Scale(pixels.to(Type))).MoveToOuterDisposeScope();
    }

    private ScalarType Type => network.parameters().First().dtype;

    private static Tensor Scale(Tensor pixels) => pixels.div(Of(127.5)).sub_(Of(1.0));
}
