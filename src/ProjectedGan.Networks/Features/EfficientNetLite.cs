using System.Globalization;
using static TorchSharp.torch;

namespace ProjectedGan.Networks.Features;

/// <summary>
/// EfficientNet-lite without its head, cut into four stages: the stem with block groups 0 and 1, group 2, groups 3 and 4, groups 5
/// and 6 (Tan and Le 2019; the lite variants have ReLU6 and no squeeze-and-excitation). Parameter names are those of the Projected
/// GAN reference, <c>layer0.0.weight</c> to <c>layer3.1.0.bn3.bias</c>.
/// </summary>
/// <remarks>Images go in as they are, in [-1, 1], as the reference does, though the network was trained on another normalisation.</remarks>
public sealed class EfficientNetLite : FeatureNetwork
{
    private const int StemChannels = 32;

    // Kernel, stride of the first block, expansion, output channels, blocks in lite0. Lite1 multiplies the blocks of the groups
    // between the first and the last by 1.1 and rounds up: one more each.
    private static readonly (int Kernel, int Stride, int Expansion, int Outputs, int Blocks)[] Groups =
    [
        (3, 1, 1, 16, 1), (3, 2, 6, 24, 2), (5, 2, 6, 40, 2), (3, 2, 6, 80, 3), (5, 1, 6, 112, 3), (5, 2, 6, 192, 4), (3, 1, 6, 320, 1),
    ];

    // The first group of each stage. In stage 0 the stem takes the indices 0 (convolution), 1 (normalisation) and 2 (activation).
    private static readonly int[] FirstGroup = [0, 2, 3, 5];
    private const int StemModules = 3;

    private readonly ConvolutionUnit _stem;
    private readonly List<InvertedResidual>[] _stages = [[], [], [], []];

    /// <summary>Builds the network with all weights zero; load them, or draw them with <see cref="FrozenNetwork.Randomize"/>.</summary>
    /// <param name="variant">Lite0 or lite1.</param>
    public EfficientNetLite(EfficientNetLiteVariant variant)
        : base(variant == EfficientNetLiteVariant.Lite0 ? "tf_efficientnet_lite0" : "tf_efficientnet_lite1")
    {
        var stem = new ConvolutionOptions(3, StemChannels) { Kernel = (3, 3), Stride = 2, Padding = PaddingRule.TensorFlowSame };
        _stem = AddUnit("layer0.0", "layer0.1", stem, BatchNormLayout.PyTorch);
        var channels = StemChannels;
        for (var group = 0; group < Groups.Length; group++)
        {
            var (stage, index) = Place(group);
            var inner = group > 0 && group < Groups.Length - 1;
            var blocks = Groups[group].Blocks + (inner && variant == EfficientNetLiteVariant.Lite1 ? 1 : 0);
            for (var block = 0; block < blocks; block++)
            {
                _stages[stage].Add(AddBlock($"layer{stage}.{index}.{block}", group, block, channels));
                channels = Groups[group].Outputs;
            }
        }
    }

    /// <inheritdoc/>
    public override IReadOnlyList<int> Channels { get; } = [24, 40, 112, 320];

    /// <inheritdoc/>
    public override Tensor[] Extract(Tensor images)
    {
        RequireImages(images);
        using var scope = NewDisposeScope();
        var features = new Tensor[_stages.Length];
        var current = _stem.Forward(images);
        for (var stage = 0; stage < features.Length; stage++)
        {
            current = InvertedResidual.Through(_stages[stage], current);
            features[stage] = current.MoveToOuterDisposeScope();
        }

        return features;
    }

    /// <inheritdoc/>
    /// <remarks>Knows timm's names, <c>blocks.0.0.conv_dw.weight</c>, and leaves out timm's head.</remarks>
    public override string? LocalName(string fileName)
    {
        var parts = fileName.Split('.', 3);
        switch (parts[0])
        {
            case "conv_stem" when parts.Length == 2:
                return $"layer0.0.{parts[1]}";
            case "bn1" when parts.Length == 2:
                return $"layer0.1.{parts[1]}";
            case "blocks" when parts.Length == 3 && int.TryParse(parts[1], NumberStyles.None, null, out var group) && group < Groups.Length:
                var (stage, index) = Place(group);
                return $"layer{stage}.{index}.{parts[2]}";
            case "conv_head" or "bn2" or "classifier":
                return null;
            default:
                return fileName;
        }
    }

    // A group's stage, and its index among the stage's modules.
    private static (int Stage, int Index) Place(int group)
    {
        var stage = Array.FindLastIndex(FirstGroup, first => first <= group);
        return (stage, group - FirstGroup[stage] + (stage == 0 ? StemModules : 0));
    }

    private InvertedResidual AddBlock(string path, int group, int block, int inputs)
    {
        var (kernel, stride, expansion, outputs, _) = Groups[group];
        var hidden = inputs * expansion;
        var depthwise = new ConvolutionOptions(hidden, hidden)
        {
            Kernel = (kernel, kernel),
            Stride = block == 0 ? stride : 1,
            Groups = hidden,
            Padding = block == 0 && stride == 2 ? PaddingRule.TensorFlowSame : PaddingRule.Half,
        };
        var project = new ConvolutionOptions(hidden, outputs) { Activation = Activation.None };
        if (expansion == 1)
        {
            return new InvertedResidual(
                null, Add(path, "conv_dw", "bn1", depthwise), Add(path, "conv_pw", "bn2", project));
        }

        return new InvertedResidual(
            Add(path, "conv_pw", "bn1", new ConvolutionOptions(inputs, hidden)),
            Add(path, "conv_dw", "bn2", depthwise),
            Add(path, "conv_pwl", "bn3", project));
    }

    private ConvolutionUnit Add(string path, string convolution, string normalization, ConvolutionOptions options) =>
        AddUnit($"{path}.{convolution}", $"{path}.{normalization}", options, BatchNormLayout.PyTorch);
}
