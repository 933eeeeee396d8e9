using ProjectedGan.Networks.Layers;
using ProjectedGan.Networks.Noise;
using static TorchSharp.torch;
using static TorchSharp.torch.nn;

namespace ProjectedGan.Networks.Generators;

/// <summary>A network from latents (and labels) to images in about [-1, 1], [N, 3, R, R].</summary>
/// <remarks>Parameter names are the reference implementation's state_dict names.</remarks>
public abstract class GeneratorNetwork(string name) : Module<Tensor, Tensor?, INoiseSource?, Tensor>(name)
{
    /// <summary>Size Z of a latent vector.</summary>
    public abstract long LatentSize { get; }

    /// <summary>Side R of the images, in pixels.</summary>
    public abstract int Resolution { get; }

    /// <summary>Number of classes, 0 for an unconditional generator.</summary>
    public abstract int Classes { get; }

    /// <summary>Whether forward passes in training mode move the average style, where there is one. Default true.</summary>
    public bool TracksAverage { get; set; } = true;

    /// <summary>Where styles are moved towards the average one; null, as by default, for nowhere. Without effect on a generator without styles.</summary>
    public Truncation? Truncation { get; set; }

    /// <summary>Which noise forward passes inject. By default the caller's.</summary>
    public NoiseMode NoiseMode { get; set; }

    /// <summary>Whether <see cref="Truncation"/> has an effect.</summary>
    public virtual bool CanTruncate => false;

    /// <param name="latents">Standard normal [N, Z].</param>
    /// <param name="labels">One-hot [N, C], C at most <see cref="Classes"/>; null exactly for an unconditional generator.</param>
    /// <param name="noise">Source of the injected noise; null for none.</param>
    /// <exception cref="ArgumentException">A shape differs, or labels are missing or not wanted.</exception>
    public override Tensor forward(Tensor latents, Tensor? labels, INoiseSource? noise)
    {
        ShapeGuard.Check(GetName(), nameof(latents), latents, ShapeGuard.Any, LatentSize);
        if (Classes == 0)
        {
            if (labels is not null)
            {
                throw new ArgumentException($"{GetName()}: labels were given to an unconditional generator.");
            }
        }
        else
        {
            // Fewer columns than classes are fine: the reference's embedding has 1000 rows whatever the data.
            ShapeGuard.Check(GetName(), nameof(labels), labels!, latents.shape[0], ShapeGuard.Any);
        }

        return Synthesize(latents, labels, Chosen(noise));
    }

    /// <summary>What <see cref="NoiseMode"/> makes of the caller's noise.</summary>
    private protected INoiseSource? Chosen(INoiseSource? noise) =>
        NoiseMode switch { NoiseMode.Stored => StoredNoise.Instance, NoiseMode.None => null, _ => noise };

    /// <summary>The forward pass, arguments checked.</summary>
    protected abstract Tensor Synthesize(Tensor latents, Tensor? labels, INoiseSource? noise);
}

/// <summary>The truncation trick (Karras et al. 2019, appendix B): styles are moved towards the average, for better and more uniform images.</summary>
/// <param name="Psi">What stays of the distance from the average: 1 leaves the styles, 0 gives the average image.</param>
/// <param name="Layers">How many styles are moved, from the coarsest; null for all.</param>
public sealed record Truncation(double Psi, int? Layers = null);
