using TorchSharp.Modules;
using static TorchSharp.torch;

namespace ProjectedGan.Networks.Features;

/// <summary>Holds the weight of a convolution without bias, <c>weight</c> [outputs, inputs / groups, height, width], not trained.</summary>
internal sealed class FrozenConvolution : nn.Module
{
    public FrozenConvolution(ConvolutionOptions options)
        : base(nameof(FrozenConvolution))
    {
        long[] shape = [options.Outputs, options.Inputs / options.Groups, options.Kernel.Height, options.Kernel.Width];
        register_parameter("weight", new Parameter(zeros(shape), requires_grad: false));
    }

    // Looked up by name: moving a module to another device or type replaces its parameter objects.
    public Parameter Weight => get_parameter("weight")!;
}
