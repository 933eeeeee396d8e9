using ProjectedGan.Tensors;
using TorchSharp.Modules;
using static TorchSharp.torch;

namespace ProjectedGan.Networks.Features;

/// <summary>Turns every patch of an image into a vector: a convolution whose stride is its kernel, with bias, not trained.</summary>
internal sealed class PatchEmbedding : nn.Module
{
    private readonly int _side;

    /// <param name="side">Pixels of a patch's side.</param>
    /// <param name="channels">Length of the vectors.</param>
    public PatchEmbedding(int side, int channels)
        : base(nameof(PatchEmbedding))
    {
        _side = side;
        register_parameter("weight", new Parameter(zeros([channels, 3, side, side]), requires_grad: false));
        register_parameter("bias", new Parameter(zeros([channels]), requires_grad: false));
    }

    /// <summary>[N, 3, H, W] to [N, channels, H / side, W / side].</summary>
    public Tensor Forward(Tensor images) =>
        Convolutions.Apply(images, get_parameter("weight")!, get_parameter("bias"), new ConvolutionGeometry(Stride: _side));
}
