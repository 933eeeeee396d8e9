using ProjectedGan.Foundation;

namespace ProjectedGan.Training.Augmentation;

/// <summary>The operations that <see cref="DiffAugment"/> applies, in order.</summary>
public sealed class DiffAugmentPolicy
{
    private DiffAugmentPolicy(AugmentationKind[] kinds) => Kinds = kinds;

    /// <summary>No augmentation.</summary>
    public static DiffAugmentPolicy None { get; } = new([]);

    /// <summary>Projected GAN's own: color, translation, cutout.</summary>
    public static DiffAugmentPolicy All { get; } = new([AugmentationKind.Color, AugmentationKind.Translation, AugmentationKind.Cutout]);

    public IReadOnlyList<AugmentationKind> Kinds { get; }

    /// <summary>Reads names separated by commas, applied in this order; "none" or nothing for no augmentation.</summary>
    /// <exception cref="PganException">A name is unknown or comes twice.</exception>
    public static DiffAugmentPolicy Parse(string text)
    {
        ArgumentNullException.ThrowIfNull(text);
        var kinds = new List<AugmentationKind>();
        if (text.Trim() is "" or "none")
            return None;
        foreach (var name in text.Split(',', StringSplitOptions.TrimEntries))
        {
            var kind = name switch
            {
                "color" => AugmentationKind.Color,
                "translation" => AugmentationKind.Translation,
                "cutout" => AugmentationKind.Cutout,
                _ => throw new PganException(
                    $"Augmentation policy '{text}' has the unknown operation '{name}'; use color, translation and cutout, separated by commas, or none."),
            };
            if (kinds.Contains(kind))
                throw new PganException($"Augmentation policy '{text}' names '{name}' twice.");
            kinds.Add(kind);
        }
        return new DiffAugmentPolicy([.. kinds]);
    }

    /// <summary>The names, as <see cref="Parse"/> reads them.</summary>
    public override string ToString() =>
        Kinds.Count == 0 ? "none" : string.Join(',', Kinds.Select(kind => kind.ToString().ToLowerInvariant()));
}

/// <summary>One operation of differentiable augmentation (Zhao et al. 2020).</summary>
public enum AugmentationKind
{
    /// <summary>Brightness, saturation and contrast.</summary>
    Color,

    /// <summary>A shift of up to an eighth of the size, zeros moving in.</summary>
    Translation,

    /// <summary>A square hole of a fifth of the size.</summary>
    Cutout,
}
