using ProjectedGan.Tensors;
using TorchSharp.Modules;
using TorchSharp.Utils;
using static TorchSharp.torch;

namespace ProjectedGan.Networks.Features;

/// <summary>
/// ViT-base and DeiT-base distilled on 16×16 patches. Parameters have timm's names, <c>cls_token</c> to <c>blocks.11.mlp.fc2.bias</c>
/// and <c>norm.bias</c>.
/// </summary>
/// <remarks>
/// A transformer has one resolution: a vector a patch. Its four stages are the tokens behind blocks 3, 6, 9 and 12 without the class
/// and the distillation token, laid out as maps at stride 16 and brought to strides 4, 8, 16 and 32 by bilinear interpolation with
/// half-pixel centres (at stride 32 the mean of four). DPT (Ranftl et al. 2021) reads a ViT-base at these depths and at these strides
/// and learns how to resize; nothing is learned here, so the resize is fixed. Images of another size than 224² have their positions'
/// embeddings resized bicubically from 14×14. Pooled features are the class token behind the last normalisation, which the
/// classifier reads. Differs from the other networks: sides are multiples of 32.
/// </remarks>
public sealed class VisionTransformer : FeatureNetwork
{
    private const int Patch = 16;
    private const int Width = 768;
    private const int Heads = 12;
    private const int BlocksPerStage = 3;

    // Side in patches of the images on which the networks were trained.
    private const int TrainedSide = 224 / Patch;

    // None for ViT, which was trained on a mean and a deviation of 0.5: that is [-1, 1].
    [ComponentName(Name = "normalization")]
    private readonly InputNormalization? _normalization;

    // As arrays, so that they are registered under their dotted names alone.
    private readonly PatchEmbedding[] _patches = [new(Patch, Width)];
    private readonly FrozenLayerNorm[] _norm = [new(Width, FrozenLayerNorm.VisionTransformerEpsilon)];
    private readonly List<IFeatureBlock>[] _stages = [[], [], [], []];
    private readonly string[] _tokens;

    /// <summary>Builds the network with all weights zero; load them, or draw them with <see cref="FrozenNetwork.Randomize"/>.</summary>
    /// <param name="variant">Which.</param>
    public VisionTransformer(VisionTransformerVariant variant)
        : base(variant == VisionTransformerVariant.VitBase ? "vit_base_patch16_224" : "deit_base_distilled_patch16_224")
    {
        var isDistilled = variant == VisionTransformerVariant.DeitBaseDistilled;
        _tokens = isDistilled ? ["cls_token", "dist_token"] : ["cls_token"];
        if (isDistilled)
        {
            _normalization = InputNormalization.ImageNet();
            register_module("normalization", _normalization);
        }

        foreach (var token in _tokens)
        {
            register_parameter(token, new Parameter(zeros([1, 1, Width]), requires_grad: false));
        }

        long positions = TrainedSide * TrainedSide + _tokens.Length;
        register_parameter("pos_embed", new Parameter(zeros([1, positions, Width]), requires_grad: false));
        AddModule("patch_embed.proj", _patches[0]);
        for (var block = 0; block < _stages.Length * BlocksPerStage; block++)
        {
            _stages[block / BlocksPerStage].Add(AddBlock($"blocks.{block}"));
        }

        AddModule("norm", _norm[0]);
    }

    /// <inheritdoc/>
    public override IReadOnlyList<int> Channels { get; } = [Width, Width, Width, Width];

    /// <inheritdoc/>
    /// <exception cref="ArgumentException">The tensor is not of that shape, or a side is no multiple of 32.</exception>
    public override Tensor[] Extract(Tensor images)
    {
        using var scope = NewDisposeScope();
        var features = new Tensor[_stages.Length];
        var current = Embed(images);
        for (var stage = 0; stage < features.Length; stage++)
        {
            current = IFeatureBlock.Through(_stages[stage], current);
            features[stage] = ToMap(current, images, FinestStride << stage).MoveToOuterDisposeScope();
        }

        return features;
    }

    /// <inheritdoc/>
    public override Tensor Pool(Tensor images)
    {
        using var scope = NewDisposeScope();
        var tokens = IFeatureBlock.Through(_stages.SelectMany(blocks => blocks), Embed(images));
        return _norm[0].Forward(tokens.select(1, 0)).MoveToOuterDisposeScope();
    }

    /// <inheritdoc/>
    public override string? LocalName(string fileName) =>
        fileName.Split('.')[0] is "head" or "head_dist" or "pre_logits" ? null : fileName;

    private TransformerBlock AddBlock(string path)
    {
        var block = new TransformerBlock(Width, Heads);
        AddModule($"{path}.norm1", block.FirstNorm);
        AddModule($"{path}.attn.qkv", block.Projections);
        AddModule($"{path}.attn.proj", block.Output);
        AddModule($"{path}.norm2", block.SecondNorm);
        AddModule($"{path}.mlp.fc1", block.Widen);
        AddModule($"{path}.mlp.fc2", block.Narrow);
        return block;
    }

    // The class token, the distillation token where there is one, and the patches, with their positions: [N, tokens, Width].
    private Tensor Embed(Tensor images)
    {
        RequireImages(images);
        if (images.size(2) % DeepestStride != 0 || images.size(3) % DeepestStride != 0)
        {
            throw new ArgumentException(
                $"{Name} takes images whose sides are multiples of {DeepestStride}; found {images.size(2)}×{images.size(3)}. Resize them.", nameof(images));
        }

        var patches = _patches[0].Forward(_normalization?.Forward(images) ?? images); // [N, Width, H / 16, W / 16]
        var positions = Positions(patches.size(2), patches.size(3));
        var tokens = _tokens.Select(token => get_parameter(token)!.expand(images.size(0), -1, -1));
        return cat([.. tokens, patches.flatten(2).transpose(1, 2)], 1).Plus(positions);
    }

    private Tensor Positions(long rows, long columns)
    {
        Tensor positions = get_parameter("pos_embed")!;
        if (rows == TrainedSide && columns == TrainedSide)
        {
            return positions;
        }

        var grid = positions.narrow(1, _tokens.Length, TrainedSide * TrainedSide);
        var map = grid.view(1, TrainedSide, TrainedSide, Width).permute(0, 3, 1, 2);
        var resized = nn.functional.interpolate(map, size: [rows, columns], mode: InterpolationMode.Bicubic, align_corners: false);
        return cat([positions.narrow(1, 0, _tokens.Length), resized.flatten(2).transpose(1, 2)], 1);
    }

    private Tensor ToMap(Tensor tokens, Tensor images, int stride)
    {
        var (rows, columns) = (images.size(2) / Patch, images.size(3) / Patch);
        var map = tokens.narrow(1, _tokens.Length, rows * columns).view(-1, rows, columns, Width).permute(0, 3, 1, 2);
        return stride == Patch
            ? map
            : nn.functional.interpolate(
                map, size: [images.size(2) / stride, images.size(3) / stride], mode: InterpolationMode.Bilinear, align_corners: false);
    }
}

/// <summary>Which vision transformer; both have twelve blocks of 768 channels on patches of 16×16 pixels.</summary>
public enum VisionTransformerVariant
{
    /// <summary>timm's <c>vit_base_patch16_224</c> (Dosovitskiy et al. 2021).</summary>
    VitBase,

    /// <summary>timm's <c>deit_base_distilled_patch16_224</c> (Touvron et al. 2021), with a token for distillation.</summary>
    DeitBaseDistilled,
}
