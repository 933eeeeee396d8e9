using System.Numerics;
using ProjectedGan.Data.Images;
using ProjectedGan.Specification;

namespace ProjectedGan.Data.Datasets;

/// <summary>Checks by their headers that a source's images can be trained on.</summary>
internal static class DatasetCheck
{
    // Files are read whole, by several threads at once, and a zip's few bytes can claim any length. A pixel has 8 bytes at most (RGBA
    // of 16 bits); this is four times that, for further frames, and room for profiles and previews.
    private const long BytesAPixel = 32;
    private const long BytesAFile = 4 << 20;

    /// <summary>The side of all images.</summary>
    /// <exception cref="DatasetException">Names the first unfit image in order of names, what it is and what to do.</exception>
    public static int CommonResolution(IImageSource source)
    {
        var problems = new string?[source.Names.Count];
        var resolution = Probe(source, 0, out problems[0])?.Width ?? 0;
        if (problems[0] is null)
            Parallel.For(0, problems.Length, i => problems[i] = Problem(source, i, resolution));
        var first = Array.FindIndex(problems, problem => problem is not null);
        if (first < 0)
            return resolution;
        throw new DatasetException(
            $"'{source.Path}': image '{source.Names[first]}' {problems[first]}. "
            + "Make a dataset that can be trained on with `pgan dataset create`.");
    }

    private static string? Problem(IImageSource source, int index, int resolution)
    {
        if (Probe(source, index, out var problem) is not { } info)
            return problem;
        if (source.Length(index) > Largest(info.Width, info.Height))
            return $"has {source.Length(index):N0} bytes for {info.Width}x{info.Height} pixels; "
                + $"training takes up to {Largest(info.Width, info.Height):N0}";
        if (info.Width != info.Height || !BitOperations.IsPow2(info.Width))
            return $"is {info.Width}x{info.Height}; training needs square images of a power-of-two size";
        if (info.Width != resolution)
            return $"is {info.Width}x{info.Height} where the first is {resolution}x{resolution}; training needs one size";
        return info.HasAlpha ? "has an alpha channel; training needs RGB or grey" : null;
    }

    private static long Largest(long width, long height) => BytesAFile + (BytesAPixel * width * height);

    private static ImageInfo? Probe(IImageSource source, int index, out string? problem)
    {
        problem = null;
        // Some formats are read whole before they tell their size.
        if (source.Length(index) > Largest(DataSpec.LargestResolution, DataSpec.LargestResolution))
        {
            problem = $"has {source.Length(index):N0} bytes; training takes images of up to {DataSpec.LargestResolution} pixels a side";
            return null;
        }
        try
        {
            return source.Probe(index);
        }
        catch (ImageException error)
        {
            problem = $"cannot be read: {error.Message}";
        }
        catch (DatasetException error)
        {
            problem = $"cannot be read: {error.Message}";
        }
        return null;
    }
}
