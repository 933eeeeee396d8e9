using System.Globalization;
using ProjectedGan.Tensors;
using static TorchSharp.torch;

namespace ProjectedGan.Networks.Features;

/// <summary>
/// EfficientNet-lite without its head, cut into four stages: the stem with block groups 0 and 1, group 2, groups 3 and 4, groups 5
/// and 6 (Tan and Le 2019; the lite variants have ReLU6 and no squeeze-and-excitation). Parameter names are those of the Projected
/// GAN reference, <c>layer0.0.weight</c> to <c>layer3.1.0.bn3.bias</c>.
/// </summary>
/// <remarks>Images go in as they are, in [-1, 1]: the networks were trained on a mean and a deviation of 0.5.</remarks>
public sealed class EfficientNetLite : FeatureNetwork
{
    private const int StemChannels = 32;

    // Channels are rounded to multiples of this, by less than a tenth.
    private const int ChannelStep = 8;

    // Kernel, stride of the first block, expansion, output channels, blocks in lite0.
    private static readonly (int Kernel, int Stride, int Expansion, int Outputs, int Blocks)[] Groups =
    [
        (3, 1, 1, 16, 1), (3, 2, 6, 24, 2), (5, 2, 6, 40, 2), (3, 2, 6, 80, 3), (5, 1, 6, 112, 3), (5, 2, 6, 192, 4), (3, 1, 6, 320, 1),
    ];

    // By how much channels and blocks of each variant are multiplied. The stem stays, as do the numbers of blocks of the first and the
    // last group.
    private static readonly (double Width, double Depth)[] Scales = [(1.0, 1.0), (1.0, 1.1), (1.1, 1.2), (1.2, 1.4), (1.4, 1.8)];

    // The first group of each stage. In stage 0 the stem takes the indices 0 (convolution), 1 (normalisation) and 2 (activation).
    private static readonly int[] FirstGroup = [0, 2, 3, 5];
    private const int StemModules = 3;

    private readonly ConvolutionUnit _stem;
    private readonly List<IFeatureBlock>[] _stages = [[], [], [], []];

    /// <summary>Builds the network with all weights zero; load them, or draw them with <see cref="FrozenNetwork.Randomize"/>.</summary>
    /// <param name="variant">How wide and deep.</param>
    public EfficientNetLite(EfficientNetLiteVariant variant)
        : base($"tf_efficientnet_lite{(int)variant}")
    {
        var stem = new ConvolutionOptions(3, StemChannels) { Kernel = (3, 3), Stride = 2, Padding = PaddingRule.TensorFlowSame };
        _stem = AddUnit("layer0.0", "layer0.1", stem, BatchNormLayout.PyTorch);
        var (width, depth) = Scales[(int)variant];
        var channels = StemChannels;
        var taps = new int[_stages.Length];
        for (var group = 0; group < Groups.Length; group++)
        {
            var (stage, index) = Place(group);
            var isInner = group > 0 && group < Groups.Length - 1;
            var blocks = isInner ? (int)Math.Ceiling(Groups[group].Blocks * depth) : Groups[group].Blocks;
            var outputs = Scaled(Groups[group].Outputs, width);
            for (var block = 0; block < blocks; block++)
            {
                _stages[stage].Add(AddBlock($"layer{stage}.{index}.{block}", Groups[group], block, (channels, outputs)));
                channels = outputs;
            }

            taps[stage] = channels;
        }

        Channels = taps;
    }

    /// <inheritdoc/>
    public override IReadOnlyList<int> Channels { get; }

    /// <inheritdoc/>
    public override Tensor[] Extract(Tensor images)
    {
        RequireImages(images);
        using var scope = NewDisposeScope();
        return Taps(_stages, _stem.Forward(images));
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

    private static int Scaled(int channels, double width)
    {
        var exact = channels * width;
        var nearest = (int)(exact + ChannelStep / 2) / ChannelStep * ChannelStep;
        return nearest < 0.9 * exact ? nearest + ChannelStep : nearest;
    }

    private InvertedResidual AddBlock(
        string path, (int Kernel, int Stride, int Expansion, int Outputs, int Blocks) group, int block, (int Inputs, int Outputs) channels)
    {
        var (kernel, stride, expansion, _, _) = group;
        var (inputs, outputs) = channels;
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

/// <summary>
/// MobileNetV2's block: a 1×1 convolution that widens (absent where the factor is 1), a depthwise one, and a 1×1 convolution without
/// activation that narrows; the input is added where the shapes allow.
/// </summary>
internal sealed class InvertedResidual(ConvolutionUnit? expand, ConvolutionUnit depthwise, ConvolutionUnit project) : IFeatureBlock
{
    private readonly bool _hasSkip = depthwise.Options.Stride == 1
        && (expand ?? depthwise).Options.Inputs == project.Options.Outputs;

    /// <summary>[N, C, H, W] to [N, outputs, H / stride, W / stride].</summary>
    public Tensor Forward(Tensor input)
    {
        using var scope = NewDisposeScope();
        var hidden = expand?.Forward(input) ?? input;
        var output = project.Forward(depthwise.Forward(hidden));
        return (_hasSkip ? output.AddInPlace(input) : output).MoveToOuterDisposeScope();
    }
}

/// <summary>Which EfficientNet-lite: each has more or wider blocks in its middle stages than the one before.</summary>
public enum EfficientNetLiteVariant
{
    /// <summary>timm's <c>tf_efficientnet_lite0</c>, which the paper's authors' code uses.</summary>
    Lite0,

    /// <summary>timm's <c>tf_efficientnet_lite1</c>, which the paper names.</summary>
    Lite1,

    /// <summary>timm's <c>tf_efficientnet_lite2</c>.</summary>
    Lite2,

    /// <summary>timm's <c>tf_efficientnet_lite3</c>.</summary>
    Lite3,

    /// <summary>timm's <c>tf_efficientnet_lite4</c>.</summary>
    Lite4,
}
