using ProjectedGan.Tensors;
using TorchSharp.Modules;
using static TorchSharp.torch;

namespace ProjectedGan.Networks.Projection;

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
