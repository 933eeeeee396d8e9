namespace ProjectedGan.Specification;

/// <summary>The training images: RGB; grey ones are shown as RGB.</summary>
public sealed record DataSpec
{
    /// <summary>Fewest pixels a side that can be trained.</summary>
    public const int SmallestResolution = 64;

    /// <summary>Most pixels a side that can be trained.</summary>
    public const int LargestResolution = 1024;

    /// <summary>A StyleGAN-style zip or a folder of images. Required to train.</summary>
    [OutsideSpecHash("checkpoints carry the data set's own hash")]
    public string Path { get; init; } = "";

    /// <summary>Height and width in pixels, a power of two from 64 to 1024. Default 256 (paper, section 4).</summary>
    public int Resolution { get; init; } = 256;

    /// <summary>
    /// Trains on so many images alone, drawn by <c>seed</c>; those of a smaller number are among those of a larger one. 0 takes all. Metrics compare with
    /// the whole set nevertheless. Default 0.
    /// </summary>
    [HashedUnlessDefault]
    public int Images { get; init; }

    /// <summary>Doubles the data set with left-right mirrored copies (StyleGAN's xflip). Default false.</summary>
    public bool Mirror { get; init; }

    /// <summary>Classes in <c>dataset.json</c>, its largest label plus one, to train with; 0 ignores labels. Default 0.</summary>
    public int Classes { get; init; }

    /// <summary>Threads that decode images ahead of the iteration, 1 to 64. Default 2.</summary>
    [OutsideSpecHash("images arrive in a fixed order")]
    public int DecodingThreads { get; init; } = 2;
}
