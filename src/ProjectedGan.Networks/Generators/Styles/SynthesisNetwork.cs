using ProjectedGan.Networks.Noise;
using ProjectedGan.Networks.Onnx;
using static TorchSharp.torch;
using static TorchSharp.torch.nn;

namespace ProjectedGan.Networks.Generators.Styles;

/// <summary>Styles to images.</summary>
/// <remarks>
/// Arguments of a forward pass: styles [N, S, W], and noise as <see cref="StyledConvolution.Forward"/> takes it; the result is [N, 3, R, R].
/// </remarks>
internal abstract class SynthesisNetwork() : Module<Tensor, INoiseSource?, Tensor>("synthesis")
{
    /// <summary>Styles S that an image takes.</summary>
    public abstract int Styles { get; }

    /// <summary>The forward pass as part of a graph.</summary>
    /// <param name="graph">Takes it.</param>
    /// <param name="styles">S styles [N, W].</param>
    /// <param name="storedNoise">Whether the network's own noise is injected; none is otherwise.</param>
    public abstract OnnxValue Export(OnnxGraph graph, ReadOnlySpan<OnnxValue> styles, bool storedNoise);
}
