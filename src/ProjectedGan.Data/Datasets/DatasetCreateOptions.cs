using ProjectedGan.Data.Images;

namespace ProjectedGan.Data.Datasets;

/// <summary>What <see cref="DatasetCreator"/> makes of each image.</summary>
public sealed record DatasetCreateOptions
{
    /// <summary>Pixels a side, a power of two that can be trained: 64 to 1024.</summary>
    public required int Resolution { get; init; }

    /// <summary>3 RGB or 1 grey.</summary>
    public int Channels { get; init; } = 3;

    public ImageFit Fit { get; init; } = ImageFit.Crop;

    /// <summary>Behind transparent pixels, and the bars of <see cref="ImageFit.Letterbox"/>.</summary>
    public RgbColor Background { get; init; } = RgbColor.White;

    /// <summary>Writes a left-right flipped copy behind each image. Training can also mirror as it reads, at no cost in space.</summary>
    public bool Mirror { get; init; }

    /// <summary>Images whose shorter side has fewer pixels are skipped; 0 takes all.</summary>
    public int MinimumSize { get; init; }

    public LabelSource Labels { get; init; } = LabelSource.Existing;

    /// <summary>Decoding threads; 0 for one a processor. The result does not depend on it.</summary>
    public int Threads { get; init; }
}
