using TorchSharp.Modules;
using static TorchSharp.torch;

namespace ProjectedGan.Networks.Features;

/// <summary>A fully connected layer that is not trained: <c>weight</c> [outputs, inputs] and <c>bias</c> [outputs].</summary>
internal sealed class FrozenLinear : nn.Module
{
    public FrozenLinear(int inputs, int outputs)
        : base(nameof(FrozenLinear))
    {
        register_parameter("weight", new Parameter(zeros([outputs, inputs]), requires_grad: false));
        register_parameter("bias", new Parameter(zeros([outputs]), requires_grad: false));
    }

    public Parameter Weight => get_parameter("weight")!;

    public Parameter Bias => get_parameter("bias")!;

    public Tensor Forward(Tensor input) => nn.functional.linear(input, Weight, Bias);
}
