using ProjectedGan.Networks.Layers;
using TorchSharp.Modules;
using TorchSharp.Utils;
using static ProjectedGan.Tensors.Scalars;
using static TorchSharp.torch;
using static TorchSharp.torch.nn;

namespace ProjectedGan.Networks.Discriminators;

/// <summary>
/// The discriminator of one scale: down blocks, then a 4×4 convolution to logits, or, when conditional, to a map whose inner
/// product with the projected label embedding is the logit (Miyato and Koyama 2018).
/// </summary>
internal sealed class MiniDiscriminator : Module<Tensor, Tensor?, Tensor>
{
    private const int LastKernel = 4;
    private const int PatchSize = 16;
    private const int EmbeddingSize = 128;
    private const int ConditionSize = 64;

    // The map's inner product over ConditionSize channels keeps unit scale.
    private static readonly float LogitScale = 1 / MathF.Sqrt(ConditionSize);

    [ComponentName(Name = "main")]
    private readonly ModuleList<Module<Tensor, Tensor>> _layers;

    [ComponentName(Name = "cls")]
    private readonly SpectralLayer? _classifier;

    [ComponentName(Name = "embed")]
    private readonly LabelEmbedding? _embedding;

    [ComponentName(Name = "embed_proj")]
    private readonly LabelProjection? _projection;

    public MiniDiscriminator(MultiScaleDiscriminatorOptions options, int scale, InitialWeights initial)
        : base(nameof(MiniDiscriminator))
    {
        var size = options.Patch ? PatchSize : options.Resolutions[scale];
        var widths = DiscriminatorWidths.Along(options.Channels[scale], size, options.WidthFactor);
        SmallestSide = LastKernel << (widths.Count - 1);
        var layers = new List<Module<Tensor, Tensor>>();
        for (var i = 0; i + 1 < widths.Count; i++)
        {
            layers.Add(options.Patch
                ? new PatchDownBlock(widths[i], widths[i + 1], options.Separable, initial)
                : new DownBlock(widths[i], widths[i + 1], options.Separable, initial));
        }

        if (options.Classes == 0)
        {
            layers.Add(SpectralLayer.Convolution(new ConvolutionShape(widths[^1], 1, LastKernel), initial));
        }
        else
        {
            _classifier = SpectralLayer.Convolution(new ConvolutionShape(widths[^1], ConditionSize, LastKernel), initial);
            _embedding = new LabelEmbedding(options.Classes, EmbeddingSize, initial);
            _projection = new LabelProjection(EmbeddingSize, ConditionSize, initial);
        }

        _layers = new ModuleList<Module<Tensor, Tensor>>([.. layers]);
        RegisterComponents();
    }

    /// <summary>The side of the smallest map that leaves room for one logit.</summary>
    public int SmallestSide { get; }

    /// <param name="map">[N, C, H, W].</param>
    /// <param name="labels">One-hot [N, classes], or null.</param>
    /// <returns>[N, 1, H', W'].</returns>
    public override Tensor forward(Tensor map, Tensor? labels)
    {
        using var scope = NewDisposeScope();
        for (var i = 0; i < _layers.Count; i++)
        {
            map = _layers[i].forward(map);
        }

        if (_classifier is not null)
        {
            var classified = _classifier.forward(map); // [N, 64, H', W']
            var condition = _projection!.forward(_embedding!.forward(labels!)); // [N, 64]
            map = (classified * condition.view(-1, ConditionSize, 1, 1)).sum([1], true).mul(Of(LogitScale)); // [N, 1, H', W']
        }

        return map.MoveToOuterDisposeScope();
    }
}

/// <summary>The discriminators' channels at each nominal resolution.</summary>
internal static class DiscriminatorWidths
{
    /// <summary>Nominal side at which the down blocks stop.</summary>
    public const int EndSize = 8;

    private static readonly (int Size, int Channels)[] Table =
    [
        (4, 512), (8, 512), (16, 256), (32, 128), (64, 64), (128, 64), (256, 32), (512, 16), (1024, 8),
    ];

    /// <summary>The channels before each down block and after the last one.</summary>
    /// <param name="inputs">Channels of the feature map.</param>
    /// <param name="size">Its nominal side; a side that is not in the table goes to the nearest one that is.</param>
    /// <param name="factor">Factor on the table.</param>
    public static IReadOnlyList<int> Along(int inputs, int size, double factor)
    {
        var channels = new List<int> { inputs };
        for (var current = Table.MinBy(entry => Math.Abs(entry.Size - size)).Size; current > EndSize; current /= 2)
        {
            var next = Table.First(entry => entry.Size == current / 2).Channels;
            channels.Add(Math.Max(1, (int)(next * factor)));
        }

        return channels;
    }
}
