using ProjectedGan.Foundation;

namespace ProjectedGan.Networks.Generators.Styles;

/// <summary>What generators with styles have in common.</summary>
public abstract record StyleOptions
{
    private static readonly int[] Resolutions = [64, 128, 256, 512, 1024];

    /// <summary>Side of the images: 64, 128, 256, 512 or 1024 pixels.</summary>
    public required int Resolution { get; init; }

    /// <summary>Size Z of a latent vector. The Projected GAN reference's value for StyleGAN2 is the default.</summary>
    public int LatentSize { get; init; } = 64;

    /// <summary>Size W of a style vector, the mapping network's output. The reference's value is the default.</summary>
    public int StyleSize { get; init; } = 128;

    /// <summary>Layers of the mapping network. The reference's value is the default; StyleGAN2 itself has 8.</summary>
    public int MappingLayers { get; init; } = 2;

    /// <summary>Number of classes; 0 for an unconditional generator.</summary>
    public int Classes { get; init; }

    /// <summary>Sides of the maps, from the trained constant's to the image's.</summary>
    internal IEnumerable<int> Sides
    {
        get
        {
            for (var side = StyleBlock.FirstSide; side <= Resolution; side *= 2)
            {
                yield return side;
            }
        }
    }

    /// <exception cref="PganException">An option is out of range.</exception>
    internal virtual void Validate()
    {
        if (!Resolutions.Contains(Resolution))
        {
            throw new PganException($"A generator with styles cannot make images of {Resolution} pixels; use one of {string.Join(", ", Resolutions)}.");
        }

        RequirePositive("latent size", LatentSize);
        RequirePositive("style size", StyleSize);
        RequirePositive("number of mapping layers", MappingLayers);
        if (Classes < 0)
        {
            throw new PganException($"The generator's class count {Classes} is negative; use 0 for an unconditional generator.");
        }
    }

    private protected static void RequirePositive(string what, int value)
    {
        if (value < 1)
        {
            throw new PganException($"The generator's {what} is {value}; it must be positive.");
        }
    }
}
