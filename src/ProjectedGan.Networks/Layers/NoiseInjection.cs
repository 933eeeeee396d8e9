using ProjectedGan.Networks.Noise;
using ProjectedGan.Tensors;
using TorchSharp.Modules;
using TorchSharp.Utils;
using static ProjectedGan.Tensors.Scalars;
using static TorchSharp.torch;
using static TorchSharp.torch.nn;

namespace ProjectedGan.Networks.Layers;

/// <summary>Adds one plane of noise, shared by all channels and scaled by a trained scalar that starts at zero (Liu et al. 2021).</summary>
public sealed class NoiseInjection : Module<Tensor, INoiseSource?, Tensor>
{
    [ComponentName(Name = "weight")]
    private readonly Parameter _weight = new(zeros([1]), true);

    public NoiseInjection()
        : base(nameof(NoiseInjection))
    {
        RegisterComponents();
    }

    /// <param name="input">[N, C, H, W].</param>
    /// <param name="noise">Draws [N, 1, H, W]; none when null or the network's own, and then the result is an alias of the input.</param>
    public override Tensor forward(Tensor input, INoiseSource? noise)
    {
        if (noise is null or StoredNoise)
        {
            return input.alias();
        }

        var shape = input.shape;
        using var plane = noise.Draw([shape[0], 1, shape[2], shape[3]], input.dtype, input.device);
        using var scaled = plane * GradientTaps.Of(_weight);
        return input.Plus(scaled);
    }
}
