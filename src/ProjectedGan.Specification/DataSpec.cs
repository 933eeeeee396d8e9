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

/// <summary>Whether a data set is what a spec was written for.</summary>
public static class DatasetFit
{
    /// <summary>Everything that does not fit; empty when it can be trained.</summary>
    /// <param name="spec">The spec.</param>
    /// <param name="name">What messages call the data set.</param>
    /// <param name="resolution">Its images' pixels a side.</param>
    /// <param name="images">Their number, without mirrored copies.</param>
    /// <param name="classes">Its largest label plus one; 0 without labels.</param>
    public static IReadOnlyList<SpecProblem> Problems(TrainingSpec spec, string name, int resolution, int images, int classes)
    {
        var problems = new List<SpecProblem>();
        if (resolution != spec.Data.Resolution)
        {
            problems.Add(new SpecProblem("data.resolution", $"data.resolution is {spec.Data.Resolution}, but the images of '{name}' are "
                + $"{resolution} pixels a side; set it to {resolution} or resize them with 'pgan dataset create'."));
        }
        if (spec.Data.Images > images)
        {
            problems.Add(new SpecProblem("data.images", $"data.images is {spec.Data.Images}, but '{name}' has {images} images; use at most {images}, or 0 for all."));
        }
        if (spec.Data.Classes > 0 && classes == 0)
        {
            problems.Add(new SpecProblem("data.classes",
                $"data.classes is {spec.Data.Classes}, but '{name}' has no labels in dataset.json; set data.classes to 0 or add labels."));
        }
        else if (spec.Data.Classes > 0 && classes != spec.Data.Classes)
        {
            // What is trained on no image of a class draws noise for it.
            problems.Add(new SpecProblem("data.classes",
                $"data.classes is {spec.Data.Classes}, but '{name}' has labels of {classes} classes; set it to {classes} "
                + "('pgan dataset inspect' lists them)."));
        }
        return problems;
    }
}
