using ProjectedGan.Tensors;
using static ProjectedGan.Tensors.Scalars;
using static TorchSharp.torch;

namespace ProjectedGan.Networks.Features;

/// <summary>
/// MobileNetV2, width 1.0, in Keras' layout (Sandler et al. 2018). The four stages are the outputs of blocks 2, 5, 12 and 16;
/// pooled features are the 1,280 channels behind the last activation. Parameters are named after Keras' layers,
/// <c>Conv1.weight</c> to <c>block_16_project_BN.bias</c>.
/// </summary>
/// <remarks>
/// Three dense layers end the network as the npm package nsfwjs has it: five classes. They serve to check imported weights.
/// Differs from Keras: strided convolutions pad by the actual size, which is the same for even sizes, the only ones that Keras'
/// fixed padding was made for.
/// </remarks>
public sealed class MobileNetV2 : FeatureNetwork
{
    private const int StemChannels = 32;
    private const int HeadChannels = 1280;
    private const int Classes = 5;

    // Stride of the group's first block, output channels, blocks. The first group does not expand, the others by 6.
    private static readonly (int Stride, int Outputs, int Blocks)[] Groups =
        [(1, 16, 1), (2, 24, 2), (2, 32, 3), (2, 64, 4), (1, 96, 3), (2, 160, 3), (1, 320, 1)];

    private static readonly int[] TappedBlocks = [2, 5, 12, 16];

    private readonly ConvolutionUnit _stem;
    private readonly List<IFeatureBlock>[] _stages = [[], [], [], []];
    private readonly ConvolutionUnit _head;

    // As an array, so that the layers are registered under their Keras names alone.
    private readonly FrozenLinear[] _classifier = [new(HeadChannels, 256), new(256, 128), new(128, Classes)];

    /// <summary>Builds the network with all weights zero; load them, or draw them with <see cref="FrozenNetwork.Randomize"/>.</summary>
    public MobileNetV2()
        : base("mobilenet_v2")
    {
        var stem = new ConvolutionOptions(3, StemChannels) { Kernel = (3, 3), Stride = 2, Padding = PaddingRule.TensorFlowSame };
        _stem = AddUnit("Conv1", "bn_Conv1", stem, BatchNormLayout.Keras);
        var channels = StemChannels;
        var block = 0;
        foreach (var (stride, outputs, blocks) in Groups)
        {
            for (var i = 0; i < blocks; i++, block++)
            {
                var stage = Array.FindIndex(TappedBlocks, last => block <= last);
                _stages[stage].Add(AddBlock(block, channels, outputs, i == 0 ? stride : 1));
                channels = outputs;
            }
        }

        _head = AddUnit("Conv_1", "Conv_1_bn", new ConvolutionOptions(channels, HeadChannels), BatchNormLayout.Keras);
        for (var i = 0; i < _classifier.Length; i++)
        {
            AddModule($"dense_{i + 1}", _classifier[i]);
        }
    }

    /// <inheritdoc/>
    public override IReadOnlyList<int> Channels { get; } = [24, 32, 96, 320];

    /// <inheritdoc/>
    public override int PooledChannels => HeadChannels;

    /// <inheritdoc/>
    public override Tensor[] Extract(Tensor images)
    {
        RequireImages(images);
        using var scope = NewDisposeScope();
        return Taps(_stages, _stem.Forward(images.Plus(Of(1.0)).mul_(Of(0.5))));
    }

    /// <inheritdoc/>
    public override Tensor Pool(Tensor images)
    {
        using var scope = NewDisposeScope();
        return _head.Forward(Extract(images)[^1]).mean([2, 3]).MoveToOuterDisposeScope();
    }

    /// <summary>The logits of nsfwjs' five classes: Drawing, Hentai, Neutral, Porn, Sexy.</summary>
    /// <param name="images">[N, 3, 224, 224] in [-1, 1].</param>
    /// <returns>[N, 5].</returns>
    public Tensor Classify(Tensor images)
    {
        using var scope = NewDisposeScope();
        var hidden = _classifier[0].Forward(Pool(images)).relu_();
        return _classifier[2].Forward(_classifier[1].Forward(hidden).relu_()).MoveToOuterDisposeScope();
    }

    private InvertedResidual AddBlock(int block, int inputs, int outputs, int stride)
    {
        var path = block == 0 ? "expanded_conv" : $"block_{block}";
        var hidden = block == 0 ? inputs : inputs * 6;
        var depthwise = new ConvolutionOptions(hidden, hidden)
        {
            Kernel = (3, 3),
            Stride = stride,
            Groups = hidden,
            Padding = stride == 2 ? PaddingRule.TensorFlowSame : PaddingRule.Half,
        };
        return new InvertedResidual(
            block == 0 ? null : Add($"{path}_expand", new ConvolutionOptions(inputs, hidden)),
            Add($"{path}_depthwise", depthwise),
            Add($"{path}_project", new ConvolutionOptions(hidden, outputs) { Activation = Activation.None }));
    }

    private ConvolutionUnit Add(string layer, ConvolutionOptions options) => AddUnit(layer, $"{layer}_BN", options, BatchNormLayout.Keras);
}
