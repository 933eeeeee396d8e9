using TorchSharp.Modules;
using static TorchSharp.torch;

namespace ProjectedGan.Networks.Features;

/// <summary>A layer normalisation of the last axis that is not trained: <c>weight</c> and <c>bias</c> [channels].</summary>
internal sealed class FrozenLayerNorm : nn.Module
{
    /// <summary>The epsilon of the published vision transformers.</summary>
    public const double VisionTransformerEpsilon = 1e-6;

    private readonly double _epsilon;

    public FrozenLayerNorm(int channels, double epsilon)
        : base(nameof(FrozenLayerNorm))
    {
        _epsilon = epsilon;
        register_parameter("weight", new Parameter(ones([channels]), requires_grad: false));
        register_parameter("bias", new Parameter(zeros([channels]), requires_grad: false));
    }

    public Tensor Forward(Tensor input)
    {
        var weight = get_parameter("weight")!;
        return nn.functional.layer_norm(input, weight.shape, weight, get_parameter("bias"), _epsilon);
    }
}
