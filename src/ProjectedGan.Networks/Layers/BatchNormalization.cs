using ProjectedGan.Networks.Onnx;
using ProjectedGan.Tensors;
using TorchSharp.Modules;
using TorchSharp.Utils;
using static ProjectedGan.Tensors.Scalars;
using static TorchSharp.torch;
using static TorchSharp.torch.nn;

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

/// <summary>
/// Batch normalisation whose gain and bias are linear in a condition vector (Brock et al. 2019, appendix B): gain = 1 + Ac + a,
/// bias = Bc + b, both spectrally normalised. Running statistics: <c>stored_mean</c>, <c>stored_var</c>, momentum 0.1.
/// </summary>
public sealed class ConditionalBatchNorm : Module<Tensor, Tensor, Tensor>
{
    private const double Momentum = 0.1;
    private const double Epsilon = 1e-5;

    private readonly long _channels;

    [ComponentName(Name = "stored_mean")]
    private readonly Tensor _mean;

    [ComponentName(Name = "stored_var")]
    private readonly Tensor _variance;

    [ComponentName(Name = "gain")]
    private readonly SpectralLayer _gain;

    [ComponentName(Name = "bias")]
    private readonly SpectralLayer _bias;

    public ConditionalBatchNorm(long channels, long conditionSize, InitialWeights initial)
        : base(nameof(ConditionalBatchNorm))
    {
        _channels = channels;
        _mean = zeros([channels]);
        _variance = ones([channels]);
        _gain = SpectralLayer.Linear(conditionSize, channels, initial);
        _bias = SpectralLayer.Linear(conditionSize, channels, initial);
        RegisterComponents();
    }

    /// <param name="input">[N, C, H, W].</param>
    /// <param name="condition">[N, condition size].</param>
    public override Tensor forward(Tensor input, Tensor condition)
    {
        using var gain = _gain.forward(condition).Plus(Of(1.0)).view(-1, _channels, 1, 1);
        using var bias = _bias.forward(condition).view(-1, _channels, 1, 1);
        using var normalized = training
            ? BatchStatistics.Normalize(input, _mean, _variance, (null, null), (Momentum, Epsilon))
            : functional.batch_norm(input, _mean, _variance, null, null, false, Momentum, Epsilon);
        using var scaled = normalized * gain;
        return scaled.Plus(bias);
    }
    /// <summary>The forward pass in evaluation mode as part of a graph.</summary>
    internal OnnxValue Export(OnnxGraph graph, OnnxValue input, OnnxValue condition)
    {
        using var one = ones_like(_mean);
        using var zero = zeros_like(_mean);
        var normalized = graph.Normalize(input, (_mean, _variance), (one, zero), Epsilon);
        var gain = graph.Add(_gain.Export(graph, condition), graph.Constant(1));
        return graph.Add(graph.Multiply(normalized, graph.AsMap(gain)), graph.AsMap(_bias.Export(graph, condition)));
    }
}
