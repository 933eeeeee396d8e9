using ProjectedGan.Networks.Layers;
using ProjectedGan.Networks.Onnx;
using ProjectedGan.Tensors;
using TorchSharp.Modules;
using TorchSharp.Utils;
using static ProjectedGan.Tensors.Scalars;
using static TorchSharp.torch.nn;
using static TorchSharp.torch;

namespace ProjectedGan.Networks.Generators.Styles;

/// <summary>A linear layer with equalised learning rate (Karras et al. 2018, section 4.1): weights of deviation one, scaled as they are used.</summary>
internal sealed class EqualizedLinear : Module<Tensor, Tensor>
{
    private readonly double _weightGain;
    private readonly double _biasGain;

    [ComponentName(Name = "weight")]
    private readonly Parameter _weight;

    [ComponentName(Name = "bias")]
    private readonly Parameter _bias;

    /// <param name="inputs">Size of a vector.</param>
    /// <param name="outputs">Size of its image.</param>
    /// <param name="initial">Draws the weights.</param>
    /// <param name="bias">The bias with which the layer begins.</param>
    /// <param name="rate">Factor on the learning rate: parameters are larger by its inverse, and scaled by it as they are used.</param>
    public EqualizedLinear(long inputs, long outputs, InitialWeights initial, double bias = 0, double rate = 1)
        : base(nameof(EqualizedLinear))
    {
        _weightGain = rate / Math.Sqrt(inputs);
        _biasGain = rate;
        var weight = initial.Normal([outputs, inputs]);
        weight.div_(Of(rate));
        _weight = new Parameter(weight, true);
        _bias = new Parameter(full([outputs], Of(bias / rate)), true);
        RegisterComponents();
    }

    /// <param name="input">[N, inputs].</param>
    /// <returns>[N, outputs].</returns>
    public override Tensor forward(Tensor input)
    {
        using var weight = GradientTaps.Of(_weight) * Of(_weightGain);
        using var bias = GradientTaps.Of(_bias) * Of(_biasGain);
        return functional.linear(input, weight, bias);
    }

    /// <summary>The forward pass as part of a graph, times a factor.</summary>
    public OnnxValue Export(OnnxGraph graph, OnnxValue input, double factor = 1)
    {
        using var weight = _weight * Of(_weightGain * factor);
        using var bias = _bias * Of(_biasGain * factor);
        return graph.Linear(input, weight, bias);
    }
}
