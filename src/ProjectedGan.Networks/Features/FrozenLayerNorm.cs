using TorchSharp.Modules;
using static TorchSharp.torch;

namespace ProjectedGan.Networks.Features;

/// <summary>A layer normalisation of the last axis that is not trained: <c>weight</c> and <c>bias</c> [channels].</summary>
internal sealed class FrozenLayerNorm : nn.Module
{
    // The one of the published transformers, not PyTorch's 1e-5.
    private const double Epsilon = 1e-6;

    public FrozenLayerNorm(int channels)
        : base(nameof(FrozenLayerNorm))
    {
        register_parameter("weight", new Parameter(ones([channels]), requires_grad: false));
        register_parameter("bias", new Parameter(zeros([channels]), requires_grad: false));
    }

    public Tensor Forward(Tensor input)
    {
        var weight = get_parameter("weight")!;
        return nn.functional.layer_norm(input, weight.shape, weight, get_parameter("bias"), Epsilon);
    }
}
