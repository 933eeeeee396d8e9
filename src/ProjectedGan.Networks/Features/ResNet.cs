using ProjectedGan.Tensors;
using TorchSharp.Utils;
using static TorchSharp.torch;

namespace ProjectedGan.Networks.Features;

/// <summary>
/// ResNet-18 and ResNet-50 (He et al. 2016) as torchvision has them, whose second network halves in the middle convolution of a
/// block. The four stages are the outputs of <c>layer1</c> to <c>layer4</c>. Parameters have torchvision's names,
/// <c>conv1.weight</c> to <c>layer4.2.bn3.bias</c>.
/// </summary>
/// <remarks>
/// Images are normalised by ImageNet's statistics. What follows the stages, the classifier <c>fc</c> or SwAV's <c>projection_head</c> and
/// <c>prototypes</c>, is left out of what is loaded.
/// </remarks>
public sealed class ResNet : FeatureNetwork
{
    private const int StemChannels = 64;
    private const double Epsilon = 1e-5;

    [ComponentName(Name = "normalization")]
    private readonly InputNormalization _normalization = InputNormalization.ImageNet();
    private readonly ConvolutionUnit _stem;
    private readonly List<IFeatureBlock>[] _stages = [[], [], [], []];

    /// <summary>Builds the network with all weights zero; load them, or draw them with <see cref="FrozenNetwork.Randomize"/>.</summary>
    /// <param name="variant">How deep.</param>
    public ResNet(ResNetVariant variant)
        : base(variant switch { ResNetVariant.ResNet18 => "resnet18", ResNetVariant.SwavResNet50 => "swav_resnet50", _ => "resnet50" })
    {
        var deep = variant != ResNetVariant.ResNet18;
        register_module("normalization", _normalization);
        _stem = Add("conv1", "bn1", new ConvolutionOptions(3, StemChannels) { Kernel = (7, 7), Stride = 2 });
        int[] blocks = deep ? [3, 4, 6, 3] : [2, 2, 2, 2];
        var channels = StemChannels;
        for (var stage = 0; stage < _stages.Length; stage++)
        {
            var (inner, outputs) = (StemChannels << stage, (deep ? 4 * StemChannels : StemChannels) << stage);
            for (var block = 0; block < blocks[stage]; block++)
            {
                var path = $"layer{stage + 1}.{block}";
                var stride = stage > 0 && block == 0 ? 2 : 1;
                _stages[stage].Add(deep ? Bottleneck(path, channels, inner, outputs, stride) : Basic(path, channels, outputs, stride));
                channels = outputs;
            }
        }

        Channels = [.. Enumerable.Range(0, _stages.Length).Select(stage => channels >> (_stages.Length - 1 - stage))];
    }

    /// <inheritdoc/>
    public override IReadOnlyList<int> Channels { get; }

    /// <inheritdoc/>
    public override Tensor[] Extract(Tensor images)
    {
        RequireImages(images);
        using var scope = NewDisposeScope();
        var stem = _stem.Forward(_normalization.Forward(images));
        return Taps(_stages, nn.functional.max_pool2d(stem, kernel_size: 3, stride: 2, padding: 1));
    }

    /// <inheritdoc/>
    public override string? LocalName(string fileName) => fileName.Split('.')[0] is "fc" or "projection_head" or "prototypes" ? null : fileName;

    private ResidualBlock Basic(string path, int inputs, int outputs, int stride) => new(
        [
            Add($"{path}.conv1", $"{path}.bn1", new ConvolutionOptions(inputs, outputs) { Kernel = (3, 3), Stride = stride }),
            Add($"{path}.conv2", $"{path}.bn2", new ConvolutionOptions(outputs, outputs) { Kernel = (3, 3), Activation = Activation.None }),
        ],
        Shortcut(path, inputs, outputs, stride));

    private ResidualBlock Bottleneck(string path, int inputs, int inner, int outputs, int stride) => new(
        [
            Add($"{path}.conv1", $"{path}.bn1", new ConvolutionOptions(inputs, inner)),
            Add($"{path}.conv2", $"{path}.bn2", new ConvolutionOptions(inner, inner) { Kernel = (3, 3), Stride = stride }),
            Add($"{path}.conv3", $"{path}.bn3", new ConvolutionOptions(inner, outputs) { Activation = Activation.None }),
        ],
        Shortcut(path, inputs, outputs, stride));

    private ConvolutionUnit? Shortcut(string path, int inputs, int outputs, int stride) => inputs == outputs && stride == 1
        ? null
        : Add($"{path}.downsample.0", $"{path}.downsample.1", new ConvolutionOptions(inputs, outputs) { Stride = stride, Activation = Activation.None });

    private ConvolutionUnit Add(string convolution, string normalization, ConvolutionOptions options) => AddUnit(
        convolution,
        normalization,
        options with { Activation = options.Activation == Activation.None ? Activation.None : Activation.Relu, Epsilon = Epsilon },
        BatchNormLayout.PyTorch);
}

/// <summary>Which residual network.</summary>
public enum ResNetVariant
{
    /// <summary>torchvision's <c>resnet18</c>: eight blocks of two 3×3 convolutions.</summary>
    ResNet18,

    /// <summary>torchvision's <c>resnet50</c>: sixteen blocks of 1×1, 3×3 and 1×1 convolutions.</summary>
    ResNet50,

    /// <summary>ResNet-50 as SwAV trained it, without labels (Caron et al. 2020).</summary>
    SwavResNet50,
}

/// <summary>
/// A block of a residual network (He et al. 2016): convolutions in turn, the shortcut added, then ReLU. A block that halves does it
/// by a convolution's stride or, as CLIP's, by averaging.
/// </summary>
/// <param name="main">The convolutions, the last of them without activation.</param>
/// <param name="shortcut">The convolution of the shortcut, without activation; null where it is the identity.</param>
/// <param name="pooling">
/// The window of the mean that takes the strides' place: before the shortcut's convolution and before the last of the main path. 1
/// for none.
/// </param>
internal sealed class ResidualBlock(IReadOnlyList<ConvolutionUnit> main, ConvolutionUnit? shortcut, int pooling = 1) : IFeatureBlock
{
    /// <summary>[N, C, H, W] to [N, outputs, H / stride, W / stride].</summary>
    public Tensor Forward(Tensor input)
    {
        using var scope = NewDisposeScope();
        var output = input;
        for (var i = 0; i < main.Count; i++)
        {
            output = main[i].Forward(i == main.Count - 1 ? Pool(output) : output);
        }

        var added = shortcut is null ? input : shortcut.Forward(Pool(input));
        return output.AddInPlace(added).relu_().MoveToOuterDisposeScope();
    }

    private Tensor Pool(Tensor input) => pooling == 1 ? input : nn.functional.avg_pool2d(input, kernel_size: pooling);
}
