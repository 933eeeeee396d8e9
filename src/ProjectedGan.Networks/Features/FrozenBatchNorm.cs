using ProjectedGan.Tensors;
using TorchSharp.Modules;
using static ProjectedGan.Tensors.Scalars;
using static TorchSharp.torch;

namespace ProjectedGan.Networks.Features;

/// <summary>A batch normalisation that always uses its running statistics.</summary>
internal sealed class FrozenBatchNorm : nn.Module
{
    private readonly double _epsilon;

    /// <param name="channels">Channels of its input.</param>
    /// <param name="layout">Which tensors it has.</param>
    /// <param name="epsilon">What its network was trained with.</param>
    public FrozenBatchNorm(int channels, BatchNormLayout layout, double epsilon)
        : base(nameof(FrozenBatchNorm))
    {
        _epsilon = epsilon;
        if (layout != BatchNormLayout.KerasWithoutScale)
        {
            register_parameter("weight", new Parameter(ones([channels]), requires_grad: false));
        }

        register_parameter("bias", new Parameter(zeros([channels]), requires_grad: false));
        register_buffer("running_mean", zeros([channels]));
        register_buffer("running_var", ones([channels]));
        if (layout == BatchNormLayout.PyTorch)
        {
            register_buffer("num_batches_tracked", zeros([], ScalarType.Int64));
        }
    }

    private Tensor? Scale => has_parameter("weight") ? get_parameter("weight") : null;

    private Parameter Shift => get_parameter("bias")!;

    private Tensor Mean => get_buffer("running_mean")!;

    private Tensor Variance => get_buffer("running_var")!;

    /// <summary>Normalises [N, C, H, W].</summary>
    public Tensor Forward(Tensor input) => nn.functional.batch_norm(input, Mean, Variance, Scale, Shift, training: false, eps: _epsilon);

    /// <summary>The same map as a factor and a shift a channel, each [C] in float64.</summary>
    public (Tensor Factor, Tensor Shift) AsAffine()
    {
        var factor = Variance.to(ScalarType.Float64).Plus(Of(_epsilon)).rsqrt();
        if (Scale is { } scale)
        {
            factor = factor.mul(scale.to(ScalarType.Float64));
        }

        return (factor, Shift.to(ScalarType.Float64).sub(Mean.to(ScalarType.Float64).mul(factor)));
    }
}

/// <summary>Which tensors a batch normalisation has in its source's weight files.</summary>
internal enum BatchNormLayout
{
    /// <summary>Scale, shift, mean, variance and PyTorch's counter of batches.</summary>
    PyTorch,

    /// <summary>Scale, shift, mean and variance.</summary>
    Keras,

    /// <summary>Shift, mean and variance; the scale is one.</summary>
    KerasWithoutScale,
}
