using ProjectedGan.Networks.Onnx;
using ProjectedGan.Tensors;
using TorchSharp.Modules;
using TorchSharp.Utils;
using static ProjectedGan.Tensors.Scalars;
using static TorchSharp.torch.nn;
using static TorchSharp.torch;

namespace ProjectedGan.Networks.Layers;

/// <summary>
/// Batch normalisation with gain and bias, momentum 0.1, named as PyTorch's: <c>weight</c>, <c>bias</c>, <c>running_mean</c>,
/// <c>running_var</c>, <c>num_batches_tracked</c>. TorchSharp's own module cannot read its parameters through <see cref="GradientTaps"/>.
/// </summary>
public sealed class BatchNormalization : Module<Tensor, Tensor>
{
    private const double Momentum = 0.1;
    private const double Epsilon = 1e-5;

    [ComponentName(Name = "weight")]
    private readonly Parameter _gain;

    [ComponentName(Name = "bias")]
    private readonly Parameter _bias;

    [ComponentName(Name = "running_mean")]
    private readonly Tensor _mean;

    [ComponentName(Name = "running_var")]
    private readonly Tensor _variance;

    [ComponentName(Name = "num_batches_tracked")]
    private readonly Tensor _batches;

    public BatchNormalization(long channels)
        : base(nameof(BatchNormalization))
    {
        _gain = new Parameter(ones(channels), true);
        _bias = new Parameter(zeros(channels), true);
        _mean = zeros(channels);
        _variance = ones(channels);
        _batches = zeros([], ScalarType.Int64);
        RegisterComponents();
    }

    /// <param name="input">[N, C, H, W].</param>
    public override Tensor forward(Tensor input)
    {
        var (gain, bias) = (GradientTaps.Of(_gain), GradientTaps.Of(_bias));
        if (!training)
        {
            return functional.batch_norm(input, _mean, _variance, gain, bias, false, Momentum, Epsilon);
        }

        using (no_grad())
        {
            _batches.AddInPlace(Of(1));
        }

        return BatchStatistics.Normalize(input, _mean, _variance, (gain, bias), (Momentum, Epsilon));
    }
    /// <summary>The forward pass in evaluation mode as part of a graph.</summary>
    internal OnnxValue Export(OnnxGraph graph, OnnxValue input) => graph.Normalize(input, (_mean, _variance), (_gain, _bias), Epsilon);
}
