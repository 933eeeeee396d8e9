namespace ProjectedGan.Specification;

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
