using ProjectedGan.Tensors;
using static ProjectedGan.Tensors.Scalars;
using static TorchSharp.torch;

namespace ProjectedGan.Networks.Features.Inception;

/// <summary>
/// Inception-v3 as FID is defined on it: the TensorFlow graph of 2015-12-05 with its 1,008 classes, its resize (see
/// <see cref="TensorFlowResize"/>), average pools that leave the padding out of the count, and a maximum pool in the last block.
/// Parameters have the names of its PyTorch port, <c>Conv2d_1a_3x3.conv.weight</c> to <c>fc.bias</c>.
/// </summary>
public sealed class InceptionV3 : FrozenNetwork, IPooledFeatures, ISizedFeatures
{
    /// <summary>Side in pixels to which images are resized.</summary>
    public const int InputSize = 299;

    private const int Classes = 1008;

    private readonly InceptionGraph _graph;

    // As an array, so that it is registered under its dotted name alone.
    private readonly FrozenLinear[] _classifier = [new(2048, Classes)];

    /// <summary>Builds the network with all weights zero; load them, or draw them with <see cref="FrozenNetwork.Randomize"/>.</summary>
    public InceptionV3()
        : base("inception_v3_fid")
    {
        _graph = new InceptionGraph(
            (name, options) => AddUnit($"{name}.conv", $"{name}.bn", options, BatchNormLayout.PyTorch),
            InceptionPooling.Maximum).Build();
        AddModule("fc", _classifier[0]);
    }

    /// <inheritdoc/>
    public int FeatureCount => 2048;

    /// <inheritdoc/>
    int ISizedFeatures.ImageSize => InputSize;

    /// <summary>All features of a batch, without gradient.</summary>
    /// <param name="images">uint8 [N, 3, H, W] or [N, 1, H, W].</param>
    /// <exception cref="ArgumentException">The tensor is not of that shape or type.</exception>
    public InceptionFeatures Describe(Tensor images) =>
        Describe(() => TensorFlowResize.Bilinear(FeatureInput.FromBytes(images, Type), InputSize, InputSize));

    /// <inheritdoc/>
    public Tensor Pool(Tensor images)
    {
        using var scope = NewDisposeScope();
        return Describe(images).Pooled2048.MoveToOuterDisposeScope();
    }

    /// <inheritdoc/>
    Tensor ISizedFeatures.PoolSized(Tensor pixels)
    {
        using var scope = NewDisposeScope();
        return Describe(() => pixels.to(Type)).Pooled2048.MoveToOuterDisposeScope();
    }

    private ScalarType Type => _classifier[0].Weight.dtype;

    private InceptionFeatures Describe(Func<Tensor> sized)
    {
        using var _ = no_grad();
        using var scope = NewDisposeScope();
        var pooled = new List<Tensor>();
        _graph.Forward(sized().sub(Of(128.0)).div_(Of(128.0)), maps => pooled.Add(maps.mean([2, 3])));
        var unbiased = pooled[3].matmul(_classifier[0].Weight.t());
        var logits = unbiased.Plus(_classifier[0].Bias);
        Tensor[] kept = [.. pooled, unbiased, logits];
        foreach (var tensor in kept)
        {
            tensor.MoveToOuterDisposeScope();
        }

        return new InceptionFeatures(kept[0], kept[1], kept[2], kept[3], kept[4], kept[5]);
    }
}

/// <summary>What the FID Inception network gives for a batch of images, each [N, size].</summary>
/// <param name="Pooled64">The first stem's maps averaged: 64 numbers an image.</param>
/// <param name="Pooled192">The second stem's: 192.</param>
/// <param name="Pooled768">The middle blocks': 768.</param>
/// <param name="Pooled2048">The last block's, on which FID and KID are defined: 2,048.</param>
/// <param name="UnbiasedLogits">The classifier's 1,008 logits without its bias, on which the Inception score is defined.</param>
/// <param name="Logits">The 1,008 logits.</param>
public sealed record InceptionFeatures(
    Tensor Pooled64, Tensor Pooled192, Tensor Pooled768, Tensor Pooled2048, Tensor UnbiasedLogits, Tensor Logits);
