using ProjectedGan.Networks.Onnx;
using TorchSharp.Utils;
using static TorchSharp.torch;
using static TorchSharp.torch.nn;

namespace ProjectedGan.Networks.Layers;

/// <summary>
/// Skip-layer excitation (Liu et al. 2021, section 3.1): a map of low resolution, pooled to 4×4, gates the channels of one of
/// high resolution.
/// </summary>
public sealed class SkipLayerExcitation : Module<Tensor, Tensor, Tensor>
{
    [ComponentName(Name = "main")]
    private readonly Gate _gate;

    public SkipLayerExcitation(long lowChannels, long highChannels, InitialWeights initial)
        : base(nameof(SkipLayerExcitation))
    {
        _gate = new Gate(lowChannels, highChannels, initial);
        RegisterComponents();
    }

    /// <param name="low">[N, low channels, h, w].</param>
    /// <param name="high">[N, high channels, H, W].</param>
    /// <returns>[N, high channels, H, W].</returns>
    public override Tensor forward(Tensor low, Tensor high)
    {
        using var gate = _gate.forward(low);
        return high * gate;
    }

    /// <summary>The forward pass as part of a graph.</summary>
    /// <param name="graph">Takes it.</param>
    /// <param name="low">[N, low channels, lowSide, lowSide].</param>
    /// <param name="high">[N, high channels, H, W].</param>
    /// <param name="lowSide">A multiple of 4.</param>
    internal OnnxValue Export(OnnxGraph graph, OnnxValue low, OnnxValue high, int lowSide) =>
        graph.Multiply(high, _gate.Export(graph, low, lowSide));

    private sealed class Gate : Module<Tensor, Tensor>
    {
        private const int PooledSize = 4;

        [ComponentName(Name = "1")]
        private readonly SpectralLayer _squeeze;

        [ComponentName(Name = "3")]
        private readonly SpectralLayer _mix;

        public Gate(long inputs, long outputs, InitialWeights initial)
            : base(nameof(Gate))
        {
            _squeeze = SpectralLayer.Convolution(new ConvolutionShape(inputs, outputs, PooledSize), initial);
            _mix = SpectralLayer.Convolution(new ConvolutionShape(outputs, outputs, 1), initial);
            RegisterComponents();
        }

        public override Tensor forward(Tensor input)
        {
            using var pooled = functional.adaptive_avg_pool2d(input, PooledSize); // [N, C, 4, 4]
            using var squeezed = _squeeze.forward(pooled); // [N, outputs, 1, 1]
            using var active = functional.silu(squeezed);
            using var mixed = _mix.forward(active);
            return mixed.sigmoid();
        }

        public OnnxValue Export(OnnxGraph graph, OnnxValue input, int side)
        {
            var squeezed = _squeeze.Export(graph, graph.Pool(input, side / PooledSize));
            var active = graph.Multiply(squeezed, graph.Sigmoid(squeezed));
            return graph.Sigmoid(_mix.Export(graph, active));
        }
    }
}
