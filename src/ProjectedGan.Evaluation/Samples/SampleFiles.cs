using ProjectedGan.Data.Images;
using ProjectedGan.Evaluation.Extraction;
using ProjectedGan.Foundation;
using ProjectedGan.Networks.Images;

namespace ProjectedGan.Evaluation.Samples;

/// <summary>Writes generated images as files; each file is replaced as a whole.</summary>
public static class SampleFiles
{
    private const int BatchSize = 16;

    /// <summary>One PNG with all images, row by row, which is given back.</summary>
    public static ImageBuffer WriteGrid(IImageBatches images, int columns, string path, CancellationToken cancellation)
    {
        var grid = SampleGrid.Compose([.. Each(images, cancellation)], columns);
        WritePng(grid, path);
        return grid;
    }

    /// <summary>One PNG an image.</summary>
    /// <param name="images">The images.</param>
    /// <param name="folder">Made if it is missing.</param>
    /// <param name="names">The files' names, as many as images.</param>
    /// <param name="cancellation">Ends the writing between two images.</param>
    public static void WriteEach(IImageBatches images, string folder, IEnumerable<string> names, CancellationToken cancellation)
    {
        Directory.CreateDirectory(folder);
        foreach ((var image, var name) in Each(images, cancellation).Zip(names))
        {
            WritePng(image, Path.Combine(folder, name));
        }
    }

    public static void WritePng(ImageBuffer image, string path)
    {
        var png = ImageCodec.EncodePng(image);
        AtomicFile.Write(path, stream => stream.Write(png));
    }

    /// <summary>The images one by one.</summary>
    public static IEnumerable<ImageBuffer> Each(IImageBatches images, CancellationToken cancellation)
    {
        foreach (var batch in images.Batches(BatchSize, cancellation))
        {
            IReadOnlyList<ImageBuffer> decoded;
            using (batch)
            {
                decoded = ImageTensors.ToImages(batch);
            }

            foreach (var image in decoded)
            {
                yield return image;
            }
        }
    }
}
