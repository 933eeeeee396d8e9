using ProjectedGan.Tensors;
using static TorchSharp.torch;

namespace ProjectedGan.Networks.Features;

/// <summary>
/// MobileNetV2's block: a 1×1 convolution that widens (absent where the factor is 1), a depthwise one, and a 1×1 convolution without
/// activation that narrows; the input is added where the shapes allow.
/// </summary>
internal sealed class InvertedResidual(ConvolutionUnit? expand, ConvolutionUnit depthwise, ConvolutionUnit project) : IFeatureBlock
{
    private readonly bool _hasSkip = depthwise.Options.Stride == 1
        && (expand ?? depthwise).Options.Inputs == project.Options.Outputs;

    /// <summary>[N, C, H, W] to [N, outputs, H / stride, W / stride].</summary>
    public Tensor Forward(Tensor input)
    {
        using var scope = NewDisposeScope();
        var hidden = expand?.Forward(input) ?? input;
        var output = project.Forward(depthwise.Forward(hidden));
        return (_hasSkip ? output.AddInPlace(input) : output).MoveToOuterDisposeScope();
    }
}
