using ProjectedGan.Foundation;
using ProjectedGan.Networks.Features;
using ProjectedGan.Tensors;
using TorchSharp.Modules;
using TorchSharp.Utils;
using static TorchSharp.torch;

namespace ProjectedGan.Networks.Projection;

/// <summary>
/// A frozen feature network and the fixed random projections on its four stages (paper, section 3.2). Parameters are named as in
/// the reference: <c>pretrained.*</c> for the network, <c>scratch.layer0_ccm.weight</c> to <c>scratch.layer0_csm.out_conv.bias</c> for
/// the projections. Nothing in it is trained; gradients flow through it to the images. One thread at a time.
/// </summary>
/// <remarks>
/// Cross-scale mixing goes from the coarsest stage to the finest: add the coarser result, enlarge twice (bilinear, corners aligned),
/// 1×1 convolution. The finest convolution keeps the channels, the others halve them when channels expand. Differs from the
/// reference: the convolution runs before the enlargement, at a quarter of the cost; the two commute, because every enlarged pixel is
/// a weighted mean.
/// </remarks>
public sealed class FeatureProjector : nn.Module
{
    private const int Stages = 4;

    [ComponentName(Name = "pretrained")]
    private readonly FeatureNetwork _network;
    private readonly FeatureProjectorOptions _options;
    private readonly Dictionary<string, ModuleContainer> _groups = [];
    private readonly RandomConvolution[] _channelMixing;
    private readonly RandomConvolution[] _scaleMixing;

    /// <summary>Draws the projections.</summary>
    /// <param name="network">The feature network; owned by the projector from here on.</param>
    /// <param name="options">Mixing and channels.</param>
    /// <param name="generator">The source of the projections; advanced, not kept. Equal seeds give equal projections.</param>
    /// <exception cref="ArgumentOutOfRangeException">Channels below 1.</exception>
    public FeatureProjector(FeatureNetwork network, FeatureProjectorOptions options, Generator generator)
        : base(nameof(FeatureProjector))
    {
        ArgumentNullException.ThrowIfNull(network);
        ArgumentOutOfRangeException.ThrowIfLessThan(options.Channels, 1);
        _network = network;
        _options = options;
        register_module("pretrained", network);
        _channelMixing = options.Mixing == FeatureMixing.None ? [] : AddChannelMixing(generator);
        _scaleMixing = options.Mixing == FeatureMixing.CrossScale ? AddScaleMixing(generator) : [];
        Channels = options.Mixing switch
        {
            FeatureMixing.None => network.Channels,
            FeatureMixing.CrossChannel => [.. _channelMixing.Select(mixing => mixing.Outputs)],
            _ => [.. _scaleMixing.Select(mixing => mixing.Outputs)],
        };
        base.train(false);
    }

    /// <summary>The feature network.</summary>
    public FeatureNetwork Network => _network;

    /// <summary>Channels of the four projected stages, from the finest.</summary>
    public IReadOnlyList<int> Channels { get; }

    /// <summary>Side in pixels of the four projected stages for an image of a size; the reference builds its discriminators for 256.</summary>
    /// <param name="imageSize">Side of the images in pixels.</param>
    public IReadOnlyList<int> Resolutions(int imageSize)
    {
        var finest = imageSize / (_options.Mixing == FeatureMixing.CrossScale ? 2 : 4);
        return [finest, finest / 2, finest / 4, finest / 8];
    }

    /// <summary>Keeps evaluation mode.</summary>
    /// <param name="train">Ignored.</param>
    public override void train(bool train = true) => base.train(false);

    /// <summary>See <see cref="FrozenNetwork.Optimize"/>.</summary>
    public void Optimize() => _network.Optimize();

    /// <summary>The projected features of images.</summary>
    /// <param name="images">[N, 3, H, W] in [-1, 1]; with cross-scale mixing H and W are multiples of 32.</param>
    /// <returns>Four tensors [N, C, h, w], from the finest, as <see cref="Channels"/> and <see cref="Resolutions"/> say.</returns>
    /// <exception cref="PganException">Cross-scale mixing and a size that is no multiple of 32.</exception>
    /// <exception cref="ArgumentException">The tensor is not of that shape.</exception>
    public Tensor[] Project(Tensor images)
    {
        RequireMultipleOfDeepestStride(images);
        if (_options.Mixing == FeatureMixing.None)
        {
            return _network.Extract(images);
        }

        using var scope = NewDisposeScope();
        var features = _network.Extract(images);
        for (var stage = 0; stage < Stages; stage++)
        {
            features[stage] = _channelMixing[stage].Forward(features[stage]);
        }

        if (_options.Mixing == FeatureMixing.CrossScale)
        {
            MixScales(features);
        }

        foreach (var feature in features)
        {
            feature.MoveToOuterDisposeScope();
        }

        return features;
    }

    private void MixScales(Tensor[] features)
    {
        for (var stage = Stages - 1; stage >= 0; stage--)
        {
            // In place: a convolution's backward pass does not read its own output.
            var sum = stage == Stages - 1 ? features[stage] : features[stage].AddInPlace(features[stage + 1]);
            var mixed = _scaleMixing[stage].Forward(sum);
            features[stage] = nn.functional.interpolate(
                mixed, size: [2 * mixed.size(2), 2 * mixed.size(3)], mode: InterpolationMode.Bilinear, align_corners: true);
        }
    }

    private void RequireMultipleOfDeepestStride(Tensor images)
    {
        const int Stride = FeatureNetwork.DeepestStride;
        if (_options.Mixing == FeatureMixing.CrossScale && images.dim() == 4
            && (images.size(2) % Stride != 0 || images.size(3) % Stride != 0))
        {
            throw new PganException(
                $"Cross-scale mixing needs images whose sides are multiples of {Stride}; found {images.size(2)}×{images.size(3)}. "
                + "Resize them (the feature network's input size) or project without cross-scale mixing.");
        }
    }

    private RandomConvolution[] AddChannelMixing(Generator generator)
    {
        var mixing = new RandomConvolution[Stages];
        for (var stage = 0; stage < Stages; stage++)
        {
            mixing[stage] = Add($"layer{stage}_ccm", _network.Channels[stage], Width(stage), generator);
        }

        return mixing;
    }

    private RandomConvolution[] AddScaleMixing(Generator generator)
    {
        var mixing = new RandomConvolution[Stages];
        for (var stage = Stages - 1; stage >= 0; stage--)
        {
            mixing[stage] = Add($"layer{stage}_csm.out_conv", Width(stage), Width(Math.Max(stage - 1, 0)), generator);
        }

        return mixing;
    }

    private int Width(int stage) => _options.Expand ? _options.Channels << stage : _options.Channels;

    private RandomConvolution Add(string path, int inputs, int outputs, Generator generator)
    {
        var convolution = new RandomConvolution(inputs, outputs, _options.Initialization, generator);
        ModuleContainer.Register(this, _groups, $"scratch.{path}", convolution);
        return convolution;
    }
}

/// <summary>How a projector mixes features (paper, section 3.2); the reference's <c>proj_type</c>.</summary>
public enum FeatureMixing
{
    /// <summary>Features as they are (type 0).</summary>
    None = 0,

    /// <summary>Cross-channel mixing: a random 1×1 convolution a stage (type 1).</summary>
    CrossChannel = 1,

    /// <summary>Cross-channel and cross-scale mixing: coarser stages are added into finer ones (type 2).</summary>
    CrossScale = 2,
}

/// <summary>The shape of a feature projector.</summary>
public sealed record FeatureProjectorOptions
{
    /// <summary>Which mixing is used.</summary>
    public FeatureMixing Mixing { get; init; } = FeatureMixing.CrossScale;

    /// <summary>Channels of the finest projected stage, at least 1; the reference's <c>cout</c>.</summary>
    public int Channels { get; init; } = 64;

    /// <summary>Doubles the channels from stage to stage.</summary>
    public bool Expand { get; init; } = true;

    /// <summary>How the projections are drawn.</summary>
    public ProjectionInitialization Initialization { get; init; } = ProjectionInitialization.KaimingUniform;
}

/// <summary>How the fixed random projections are drawn.</summary>
public enum ProjectionInitialization
{
    /// <summary>Weights and biases uniform in ±1 / √fan-in: PyTorch's default (Kaiming-uniform with a = √5), which the reference uses.</summary>
    KaimingUniform,

    /// <summary>Weights normal with variance 2 / fan-in (He et al. 2015), biases zero: the paper's wording.</summary>
    KaimingNormal,
}

/// <summary>A fixed random 1×1 convolution: <c>weight</c> [outputs, inputs, 1, 1] and <c>bias</c> [outputs], not trained.</summary>
internal sealed class RandomConvolution : nn.Module
{
    public RandomConvolution(int inputs, int outputs, ProjectionInitialization initialization, Generator generator)
        : base(nameof(RandomConvolution))
    {
        Outputs = outputs;
        var weight = zeros([outputs, inputs, 1, 1]);
        var bias = zeros([outputs]);
        if (initialization == ProjectionInitialization.KaimingUniform)
        {
            var bound = 1 / Math.Sqrt(inputs);
            weight.uniform_(-bound, bound, generator);
            bias.uniform_(-bound, bound, generator);
        }
        else
        {
            weight.normal_(0, Math.Sqrt(2.0 / inputs), generator);
        }

        register_parameter("weight", new Parameter(weight, requires_grad: false));
        register_parameter("bias", new Parameter(bias, requires_grad: false));
    }

    public int Outputs { get; }

    public Tensor Forward(Tensor input) => Convolutions.Apply(input, get_parameter("weight")!, get_parameter("bias"), new ConvolutionGeometry());
}
