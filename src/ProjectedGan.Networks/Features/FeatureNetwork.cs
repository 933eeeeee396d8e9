using ProjectedGan.Foundation;
using static ProjectedGan.Tensors.Scalars;
using static TorchSharp.torch;

namespace ProjectedGan.Networks.Features;

/// <summary>A frozen network with four stages of features at strides 4, 8, 16 and 32 (paper, section 3.2).</summary>
public abstract class FeatureNetwork : FrozenNetwork
{
    private protected FeatureNetwork(string name)
        : base(name)
    {
    }

    /// <summary>Pixels of the image a pixel of the deepest stage stands for.</summary>
    public const int DeepestStride = 32;

    /// <summary>The same of the finest stage.</summary>
    private protected const int FinestStride = 4;

    /// <summary>Channels of the four stages, from the finest.</summary>
    public abstract IReadOnlyList<int> Channels { get; }

    /// <summary>Length of the vectors that <see cref="Pool"/> gives.</summary>
    public virtual int PooledChannels => Channels[^1];

    /// <summary>The four stages' features.</summary>
    /// <param name="images">[N, 3, H, W] in [-1, 1], in the type and on the device of the weights.</param>
    /// <returns>[N, C, H / s, W / s] for the strides s of 4, 8, 16 and 32; the caller's (or its scope's) to dispose.</returns>
    /// <exception cref="ArgumentException">The tensor is not of that shape.</exception>
    public abstract Tensor[] Extract(Tensor images);

    /// <summary>Features averaged over the image, for metrics.</summary>
    /// <param name="images">As <see cref="Extract"/>'s.</param>
    /// <returns>[N, <see cref="PooledChannels"/>].</returns>
    /// <exception cref="ArgumentException">The tensor is not of that shape.</exception>
    public virtual Tensor Pool(Tensor images)
    {
        using var scope = NewDisposeScope();
        return Extract(images)[^1].mean([2, 3]).MoveToOuterDisposeScope();
    }

    /// <summary>The outputs of stages of blocks, moved out of the caller's scope.</summary>
    private protected static Tensor[] Taps(IReadOnlyList<IReadOnlyList<IFeatureBlock>> stages, Tensor input)
    {
        var features = new Tensor[stages.Count];
        for (var stage = 0; stage < features.Length; stage++)
        {
            input = IFeatureBlock.Through(stages[stage], input);
            features[stage] = input.MoveToOuterDisposeScope();
        }

        return features;
    }
}

/// <summary>A block of a network whose blocks are applied in turn.</summary>
internal interface IFeatureBlock
{
    /// <summary>The block's output, which is the caller's scope's.</summary>
    Tensor Forward(Tensor input);

    /// <summary>Applies blocks in turn and frees what lies between the first input and the last output.</summary>
    static Tensor Through(IEnumerable<IFeatureBlock> blocks, Tensor input)
    {
        var current = input;
        foreach (var block in blocks)
        {
            var next = block.Forward(current);
            if (!ReferenceEquals(current, input))
            {
                current.Dispose();
            }

            current = next;
        }

        return current;
    }
}

/// <summary>The feature networks by name.</summary>
public static class FeatureNetworks
{
    private static readonly Dictionary<string, Func<FeatureNetwork>> Factories = new()
    {
        ["tf_efficientnet_lite0"] = () => new EfficientNetLite(EfficientNetLiteVariant.Lite0),
        ["tf_efficientnet_lite1"] = () => new EfficientNetLite(EfficientNetLiteVariant.Lite1),
        ["tf_efficientnet_lite2"] = () => new EfficientNetLite(EfficientNetLiteVariant.Lite2),
        ["tf_efficientnet_lite3"] = () => new EfficientNetLite(EfficientNetLiteVariant.Lite3),
        ["tf_efficientnet_lite4"] = () => new EfficientNetLite(EfficientNetLiteVariant.Lite4),
        ["mobilenet_v2"] = () => new MobileNetV2(),
        ["resnet18"] = () => new ResNet(ResNetVariant.ResNet18),
        ["resnet50"] = () => new ResNet(ResNetVariant.ResNet50),
        ["clip_resnet50"] = () => new ClipResNet50(),
        ["vit_base_patch16_224"] = () => new VisionTransformer(VisionTransformerVariant.VitBase),
        ["deit_base_distilled_patch16_224"] = () => new VisionTransformer(VisionTransformerVariant.DeitBaseDistilled),
    };

    /// <summary>The names that <see cref="Create"/> takes.</summary>
    public static IReadOnlyCollection<string> Names => Factories.Keys;

    /// <summary>Builds a feature network without weights.</summary>
    /// <param name="name">One of <see cref="Names"/>.</param>
    /// <exception cref="UsageException">The name is unknown.</exception>
    public static FeatureNetwork Create(string name) => Factories.TryGetValue(name, out var factory)
        ? factory()
        : throw new UsageException($"Unknown feature network '{name}'; use one of {string.Join(", ", Names)}.");
}

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
