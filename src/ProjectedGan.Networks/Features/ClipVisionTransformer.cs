using ProjectedGan.Tensors;
using TorchSharp.Modules;
using TorchSharp.Utils;
using static ProjectedGan.Tensors.Scalars;
using static TorchSharp.torch;

namespace ProjectedGan.Networks.Features;

/// <summary>
/// The image tower of CLIP's ViT-B/32 (Radford et al. 2021), whose Fréchet distance Kynkäänniemi et al. (2023) measure: twelve blocks of
/// 768 channels on patches of 32×32 pixels, and a projection of the class token to CLIP's 512. Parameters have the names below OpenAI's
/// <c>visual</c>, <c>class_embedding</c> to <c>proj</c>, but for <c>attn.in_proj.weight</c> and <c>attn.in_proj.bias</c>.
/// </summary>
/// <remarks>
/// Images are resized to 224² and normalised by the statistics of CLIP's. Embeddings are not normalised to length 1. The text tower is
/// left out of what is loaded. No feature network of a discriminator: patches of 32 pixels have no finer maps.
/// </remarks>
public sealed class ClipVisionTransformer : FrozenNetwork, IPooledFeatures, ISizedFeatures
{
    private const int ImageSize = 224;
    private const int Patch = 32;
    private const int Width = 768;
    private const int Heads = 12;
    private const int Blocks = 12;
    private const int Embedding = 512;
    private const double Epsilon = 1e-5;

    [ComponentName(Name = "normalization")]
    private readonly InputNormalization _normalization = InputNormalization.Clip();

    // As arrays, so that they are registered under their own names alone.
    private readonly FrozenConvolution[] _patches = [new(new ConvolutionOptions(3, Width) { Kernel = (Patch, Patch) })];
    private readonly FrozenLayerNorm[] _norms = [new(Width, Epsilon), new(Width, Epsilon)];
    private readonly List<IFeatureBlock> _blocks = [];

    /// <summary>Builds the network with all weights zero; load them, or draw them with <see cref="FrozenNetwork.Randomize"/>.</summary>
    public ClipVisionTransformer()
        : base("clip_vit_b32")
    {
        const int side = ImageSize / Patch;
        register_module("normalization", _normalization);
        register_parameter("class_embedding", new Parameter(zeros([Width]), requires_grad: false));
        register_parameter("positional_embedding", new Parameter(zeros([(side * side) + 1, Width]), requires_grad: false));
        register_parameter("proj", new Parameter(zeros([Width, Embedding]), requires_grad: false));
        AddModule("conv1", _patches[0]);
        AddModule("ln_pre", _norms[0]);
        for (var block = 0; block < Blocks; block++)
        {
            _blocks.Add(AddBlock($"transformer.resblocks.{block}"));
        }

        AddModule("ln_post", _norms[1]);
    }

    /// <inheritdoc/>
    public int FeatureCount => Embedding;

    /// <inheritdoc/>
    int ISizedFeatures.ImageSize => ImageSize;

    /// <inheritdoc/>
    public Tensor Pool(Tensor images)
    {
        using var _ = no_grad();
        using var scope = NewDisposeScope();
        return Embed(FeatureInput.Resize(Scale(FeatureInput.FromBytes(images, Type)), ImageSize)).MoveToOuterDisposeScope();
    }

    /// <inheritdoc/>
    Tensor ISizedFeatures.PoolSized(Tensor pixels)
    {
        using var _ = no_grad();
        using var scope = NewDisposeScope();
        return Embed(Scale(pixels.to(Type))).MoveToOuterDisposeScope();
    }

    /// <summary>CLIP's embeddings.</summary>
    /// <param name="images">[N, 3, 224, 224] in [-1, 1], in the type and on the device of the weights.</param>
    /// <returns>[N, 512]; the caller's (or its scope's) to dispose.</returns>
    /// <exception cref="ArgumentException">The tensor is not of that shape.</exception>
    public Tensor Embed(Tensor images)
    {
        RequireImages(images);
        if (images.size(2) != ImageSize || images.size(3) != ImageSize)
        {
            throw new ArgumentException(
                $"{Name} takes images of {ImageSize}×{ImageSize}; found {images.size(2)}×{images.size(3)}. Resize them.", nameof(images));
        }

        using var scope = NewDisposeScope();
        var patches = Convolutions.Apply(
            _normalization.Forward(images), _patches[0].Weight, null, new ConvolutionGeometry(Stride: Patch)); // [N, Width, 7, 7]
        var classes = get_parameter("class_embedding")!.expand(images.size(0), 1, -1);
        var tokens = cat([classes, patches.flatten(2).transpose(1, 2)], 1).Plus(get_parameter("positional_embedding")!); // [N, 50, Width]
        var seen = IFeatureBlock.Through(_blocks, _norms[0].Forward(tokens)).select(1, 0); // [N, Width]
        return _norms[1].Forward(seen).matmul(get_parameter("proj")!).MoveToOuterDisposeScope();
    }

    /// <inheritdoc/>
    public override string? LocalName(string fileName) => fileName.Replace(".in_proj_", ".in_proj.", StringComparison.Ordinal);

    private ScalarType Type => get_parameter("proj")!.dtype;

    private TransformerBlock AddBlock(string path)
    {
        // CLIP's approximation of GELU.
        var block = new TransformerBlock(Width, Heads, Epsilon) { Activation = values => values.mul(Of(1.702)).sigmoid().mul(values) };
        AddModule($"{path}.attn.in_proj", block.Projections);
        AddModule($"{path}.attn.out_proj", block.Output);
        AddModule($"{path}.ln_1", block.FirstNorm);
        AddModule($"{path}.mlp.c_fc", block.Widen);
        AddModule($"{path}.mlp.c_proj", block.Narrow);
        AddModule($"{path}.ln_2", block.SecondNorm);
        return block;
    }

    private static Tensor Scale(Tensor pixels) => pixels.div(Of(127.5)).sub_(Of(1.0));
}
