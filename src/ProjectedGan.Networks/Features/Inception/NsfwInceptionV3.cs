using static ProjectedGan.Tensors.Scalars;
using static TorchSharp.torch;

namespace ProjectedGan.Networks.Features.Inception;

/// <summary>
/// The Inception-v3 of the npm package nsfwjs: Keras' layout, trained on ImageNet, then fine-tuned as a classifier of image content.
/// Not the network of FID: distances on its features are named after it. Parameters are named after Keras' layers,
/// <c>conv2d_1.weight</c> to <c>dense_3.bias</c>.
/// </summary>
public sealed class NsfwInceptionV3 : FrozenNetwork, IPooledFeatures, ISizedFeatures
{
    private const int InputSize = 299;

    private readonly InceptionGraph _graph;

    // As an array, so that the layers are registered under their Keras names alone.
    private readonly FrozenLinear[] _classifier = [new(2048, 256), new(256, 128), new(128, 5)];

    /// <summary>Builds the network with all weights zero; load them, or draw them with <see cref="FrozenNetwork.Randomize"/>.</summary>
    public NsfwInceptionV3()
        : base("inception_v3_nsfw")
    {
        var count = 0;
        _graph = new InceptionGraph(
            (_, options) =>
            {
                count++;
                return AddUnit($"conv2d_{count}", $"batch_normalization_{count}", options, BatchNormLayout.KerasWithoutScale);
            },
            InceptionPooling.Average).Build();
        for (var i = 0; i < _classifier.Length; i++)
        {
            AddModule($"dense_{i + 1}", _classifier[i]);
        }
    }

    /// <inheritdoc/>
    public int FeatureCount => 2048;

    /// <inheritdoc/>
    int ISizedFeatures.ImageSize => InputSize;

    /// <inheritdoc/>
    public Tensor Pool(Tensor images)
    {
        using var _ = no_grad();
        using var scope = NewDisposeScope();
        return Forward(FeatureInput.Resize(FeatureInput.FromBytes(images, Type).div_(Of(255.0)), InputSize)).MoveToOuterDisposeScope();
    }

    /// <inheritdoc/>
    Tensor ISizedFeatures.PoolSized(Tensor pixels)
    {
        using var _ = no_grad();
        using var scope = NewDisposeScope();
        return Forward(pixels.to(Type).div(Of(255.0))).MoveToOuterDisposeScope();
    }

    /// <summary>The logits of nsfwjs' five classes: Drawing, Hentai, Neutral, Porn, Sexy.</summary>
    /// <param name="images">As <see cref="Pool"/>'s.</param>
    /// <returns>[N, 5], without gradient.</returns>
    public Tensor Classify(Tensor images)
    {
        using var _ = no_grad();
        using var scope = NewDisposeScope();
        var hidden = _classifier[0].Forward(Pool(images)).relu_();
        return _classifier[2].Forward(_classifier[1].Forward(hidden).relu_()).MoveToOuterDisposeScope();
    }

    private ScalarType Type => _classifier[0].Weight.dtype;

    private Tensor Forward(Tensor images)
    {
        Tensor? pooled = null;
        _graph.Forward(images, maps => pooled = maps.size(1) == FeatureCount ? maps.mean([2, 3]) : null);
        return pooled!;
    }
}
