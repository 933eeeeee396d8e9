using TorchSharp.Utils;
using static TorchSharp.torch;

namespace ProjectedGan.Networks.Features;

/// <summary>
/// The image tower of CLIP's ResNet-50 (Radford et al. 2021): a stem of three convolutions and a mean of four, and blocks that
/// halve by averaging where a ResNet has strides. The four stages are the outputs of <c>layer1</c> to <c>layer4</c>. Parameters have
/// OpenAI's names, <c>visual.conv1.weight</c> to <c>visual.layer4.2.bn3.bias</c>.
/// </summary>
/// <remarks>
/// Images are normalised by the statistics of CLIP's. The pool by attention and the text tower are left out of what is loaded, so
/// pooled features are the deepest stage's mean.
/// </remarks>
public sealed class ClipResNet50 : FeatureNetwork
{
    private const int StemChannels = 64;
    private const int Expansion = 4;
    private const double Epsilon = 1e-5;
    private const string Tower = "visual";

    private static readonly int[] Blocks = [3, 4, 6, 3];

    // What a file has beside the maps: the pool, the text tower and the sizes that OpenAI's programs carry as tensors.
    private static readonly HashSet<string> Unused =
    [
        "transformer", "token_embedding", "positional_embedding", "ln_final", "text_projection", "logit_scale", "input_resolution", "context_length", "vocab_size",
    ];

    [ComponentName(Name = "normalization")]
    private readonly InputNormalization _normalization = InputNormalization.Clip();
    private readonly ConvolutionUnit[] _stem;
    private readonly List<IFeatureBlock>[] _stages = [[], [], [], []];

    /// <summary>Builds the network with all weights zero; load them, or draw them with <see cref="FrozenNetwork.Randomize"/>.</summary>
    public ClipResNet50()
        : base("clip_resnet50")
    {
        register_module("normalization", _normalization);
        _stem =
        [
            Add("", 1, new ConvolutionOptions(3, StemChannels / 2) { Kernel = (3, 3), Stride = 2 }),
            Add("", 2, new ConvolutionOptions(StemChannels / 2, StemChannels / 2) { Kernel = (3, 3) }),
            Add("", 3, new ConvolutionOptions(StemChannels / 2, StemChannels) { Kernel = (3, 3) }),
        ];
        var channels = StemChannels;
        for (var stage = 0; stage < _stages.Length; stage++)
        {
            for (var block = 0; block < Blocks[stage]; block++)
            {
                var inner = StemChannels << stage;
                _stages[stage].Add(AddBlock($"layer{stage + 1}.{block}.", channels, inner, stage > 0 && block == 0 ? 2 : 1));
                channels = inner * Expansion;
            }
        }
    }

    /// <inheritdoc/>
    public override IReadOnlyList<int> Channels { get; } = [256, 512, 1024, 2048];

    /// <inheritdoc/>
    public override Tensor[] Extract(Tensor images)
    {
        RequireImages(images);
        using var scope = NewDisposeScope();
        var current = _normalization.Forward(images);
        foreach (var unit in _stem)
        {
            current = unit.Forward(current);
        }

        return Taps(_stages, nn.functional.avg_pool2d(current, kernel_size: 2));
    }

    /// <inheritdoc/>
    public override string? LocalName(string fileName) =>
        fileName.StartsWith($"{Tower}.attnpool.", StringComparison.Ordinal) || Unused.Contains(fileName.Split('.')[0]) ? null : fileName;

    private ResidualBlock AddBlock(string path, int inputs, int inner, int pooling)
    {
        var outputs = inner * Expansion;
        return new ResidualBlock(
            [
                Add(path, 1, new ConvolutionOptions(inputs, inner)),
                Add(path, 2, new ConvolutionOptions(inner, inner) { Kernel = (3, 3) }),
                Add(path, 3, new ConvolutionOptions(inner, outputs) { Activation = Activation.None }),
            ],
            inputs == outputs ? null : Add($"{path}downsample.0", $"{path}downsample.1", new ConvolutionOptions(inputs, outputs) { Activation = Activation.None }),
            pooling);
    }

    private ConvolutionUnit Add(string path, int index, ConvolutionOptions options) => Add($"{path}conv{index}", $"{path}bn{index}", options);

    private ConvolutionUnit Add(string convolution, string normalization, ConvolutionOptions options) => AddUnit(
        $"{Tower}.{convolution}",
        $"{Tower}.{normalization}",
        options with { Activation = options.Activation == Activation.None ? Activation.None : Activation.Relu, Epsilon = Epsilon },
        BatchNormLayout.PyTorch);
}
