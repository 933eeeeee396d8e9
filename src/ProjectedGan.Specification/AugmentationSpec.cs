using ProjectedGan.Foundation;

namespace ProjectedGan.Specification;

/// <summary>
/// Augmentation of real and generated images alike in front of the discriminators: differentiable augmentation (Zhao et al. 2020), all three by
/// default, or adaptive augmentation (StyleGAN2-ADA, Karras et al. 2020).
/// </summary>
public sealed record AugmentationSpec
{
    /// <summary>Random brightness, saturation and contrast.</summary>
    public bool Color { get; init; } = true;

    /// <summary>Random shift by up to an eighth of the size.</summary>
    public bool Translation { get; init; } = true;

    /// <summary>A random square of a fifth of the size is blanked.</summary>
    public bool Cutout { get; init; } = true;

    /// <summary>
    /// Adaptive augmentation in place of the three: groups of transforms, separated by commas (blit, geom, color, filter, noise, cutout); the first three
    /// are the paper's choice. Default <c>none</c>.
    /// </summary>
    [HashedUnlessDefault]
    public string Adaptive { get; init; } = NotAdaptive;

    /// <summary>Adaptive: the probability of each transform at the start, 0 to 1. Default 0.</summary>
    [HashedUnlessDefault]
    public double Probability { get; init; }

    /// <summary>
    /// Adaptive: the probability rises while E[sign(D(x))] over real images x is above this, and falls below it; 0 to 1, 0 for a probability that
    /// stays. Default 0.6 (the paper, section 3.1).
    /// </summary>
    [HashedUnlessDefault]
    public double Target { get; init; } = 0.6;

    /// <summary>Adaptive: images in which the probability goes from 0 to 1 at most, at least 1. Default 500,000 (the paper).</summary>
    [HashedUnlessDefault]
    public long AdjustmentImages { get; init; } = 500_000;

    /// <summary>The value of <see cref="Adaptive"/> that asks for differentiable augmentation.</summary>
    public const string NotAdaptive = "none";

    public bool IsAdaptive => Adaptive.Trim() is not ("" or NotAdaptive);
}

/// <summary>The paper's groups of transforms, named as texts name them.</summary>
[Flags]
public enum AugmentationGroups
{
    None = 0,

    /// <summary>Mirroring, turns by 90°, shifts by whole pixels.</summary>
    Blit = 1,

    /// <summary>Scaling, rotation, stretching, shifts by fractions of pixels.</summary>
    Geom = 2,

    /// <summary>Brightness, contrast, luma, hue, saturation.</summary>
    Color = 4,

    /// <summary>Four bands of frequencies, stronger or weaker.</summary>
    Filter = 8,

    /// <summary>Noise in every pixel.</summary>
    Noise = 16,

    /// <summary>A rectangle of half the size made grey.</summary>
    Cutout = 32,
}

/// <summary>What adaptive augmentation may do to images.</summary>
public sealed record AdaptiveAugmentationOptions
{
    /// <summary>The groups that are on; by default those of the paper's choice <c>bgc</c> (section 2.4).</summary>
    public AugmentationGroups Groups { get; init; } = AugmentationGroups.Blit | AugmentationGroups.Geom | AugmentationGroups.Color;

    /// <summary>Reads names separated by commas; their order says nothing. "none" or nothing for no augmentation.</summary>
    /// <exception cref="PganException">A name is unknown or comes twice.</exception>
    public static AdaptiveAugmentationOptions Parse(string text)
    {
        ArgumentNullException.ThrowIfNull(text);
        var groups = AugmentationGroups.None;
        var names = text.Trim() is "" or "none" ? [] : text.Split(',', StringSplitOptions.TrimEntries);
        foreach (var name in names)
        {
            var group = Known.FirstOrDefault(known => Name(known) == name);
            if (group == AugmentationGroups.None)
                throw new PganException($"Adaptive augmentation '{text}' has the unknown group '{name}'; "
                    + $"use {string.Join(", ", Known.Select(Name))}, separated by commas, or none.");
            if (groups.HasFlag(group))
                throw new PganException($"Adaptive augmentation '{text}' names '{name}' twice.");
            groups |= group;
        }
        return new AdaptiveAugmentationOptions { Groups = groups };
    }

    /// <summary>The names, as <see cref="Parse"/> reads them.</summary>
    public override string ToString() =>
        Groups == AugmentationGroups.None ? "none" : string.Join(',', Known.Where(group => Groups.HasFlag(group)).Select(Name));

    private static IEnumerable<AugmentationGroups> Known => Enum.GetValues<AugmentationGroups>().Skip(1);

    private static string Name(AugmentationGroups group) => group.ToString().ToLowerInvariant();
}
