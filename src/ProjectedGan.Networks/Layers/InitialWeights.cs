using TorchSharp;
using TorchSharp.Modules;
using static TorchSharp.torch;

namespace ProjectedGan.Networks.Layers;

/// <summary>
/// Makes a network's fresh tensors, float32 on the CPU, from an explicit generator: equal seeds give equal networks. The order
/// of construction is part of that, so a network that changes it changes its seeds' meaning.
/// </summary>
/// <remarks>Use it outside dispose scopes: tensors made inside one die with it.</remarks>
public sealed class InitialWeights
{
    private const double NormalDeviation = 0.02;

    private readonly Generator? _generator;
    private readonly WeightInitialization _rule;

    /// <param name="generator">A CPU generator; used until construction ends, not kept by the network.</param>
    /// <param name="rule">The distribution of convolution and linear weights.</param>
    public InitialWeights(Generator generator, WeightInitialization rule = WeightInitialization.FanInUniform)
    {
        ArgumentNullException.ThrowIfNull(generator);
        _generator = generator;
        _rule = rule;
    }

    private InitialWeights()
    {
    }

    /// <summary>Draws nothing and makes zeros: for networks whose state is loaded or aliased at once.</summary>
    public static InitialWeights Zero { get; } = new();

    /// <summary>A convolution or linear weight.</summary>
    public Parameter Weight(long[] shape, long fanIn)
    {
        var weight = zeros(shape);
        if (_generator is not null)
        {
            if (_rule == WeightInitialization.Normal)
            {
                weight.normal_(0, NormalDeviation, _generator);
            }
            else
            {
                FillUniform(weight, fanIn);
            }
        }

        return new Parameter(weight, true);
    }

    /// <summary>A bias [size].</summary>
    public Parameter Bias(long size, long fanIn)
    {
        var bias = zeros([size]);
        if (_generator is not null && _rule == WeightInitialization.FanInUniform)
        {
            FillUniform(bias, fanIn);
        }

        return new Parameter(bias, true);
    }

    /// <summary>An embedding table [rows, size], standard normal.</summary>
    public Parameter Embedding(long rows, long size) => new(Normal([rows, size]), true);

    /// <summary>A start vector [size] of the power iteration: uniform on the unit sphere.</summary>
    public Tensor UnitVector(long size)
    {
        var vector = Normal([size]);
        if (_generator is not null)
        {
            using var squares = vector * vector;
            using var total = squares.sum();
            using var scale = ((float)(1 / Math.Sqrt(Math.Max(total.item<float>(), 1e-24)))).ToScalar();
            vector.mul_(scale);
        }

        return vector;
    }

    /// <summary>Standard normal values, whatever the rule: for layers that scale their weights as they use them.</summary>
    public Tensor Normal(long[] shape)
    {
        var values = zeros(shape);
        if (_generator is not null)
        {
            values.normal_(0, 1, _generator);
        }

        return values;
    }

    private void FillUniform(Tensor tensor, long fanIn)
    {
        var bound = 1 / Math.Sqrt(fanIn);
        tensor.uniform_(-bound, bound, _generator);
    }
}

/// <summary>The distribution of fresh convolution and linear weights.</summary>
/// <remarks>
/// Nearly every trained weight here is spectrally normalised, so its scale drops out of the forward pass; it only sets how far
/// one optimiser step turns the weight.
/// </remarks>
public enum WeightInitialization
{
    /// <summary>Uniform within ±1/√(fan-in) for weights and biases, PyTorch's default and so the reference's. The default here.</summary>
    FanInUniform,

    /// <summary>Normal with standard deviation 0.02, zero biases, as in DCGAN (Radford et al. 2016).</summary>
    Normal,
}
