using ProjectedGan.Data.Images;
using ProjectedGan.Evaluation.Extraction;
using ProjectedGan.Networks.WeightFiles;
using static TorchSharp.torch;

namespace ProjectedGan.Node.Generation;

/// <summary>Writes generated images as files; each file is replaced as a whole.</summary>
internal static class SampleFiles
{
    private const int BatchSize = 16;

    /// <summary>One PNG with all images, row by row.</summary>
    public static void WriteGrid(IImageBatches images, int columns, string path, CancellationToken cancellation) =>
        WritePng(SampleGrid.Compose([.. Each(images, cancellation)], columns), path);

    /// <summary>One PNG an image: 000000.png, 000001.png, …</summary>
    public static void WriteEach(IImageBatches images, string folder, CancellationToken cancellation)
    {
        Directory.CreateDirectory(folder);
        long index = 0;
        foreach (ImageBuffer image in Each(images, cancellation))
        {
            WritePng(image, Path.Combine(folder, $"{index++:D6}.png"));
        }
    }

    public static void WritePng(ImageBuffer image, string path)
    {
        byte[] png = ImageCodec.EncodePng(image);
        AtomicFile.Write(path, stream => stream.Write(png));
    }

    private static IEnumerable<ImageBuffer> Each(IImageBatches images, CancellationToken cancellation)
    {
        foreach (Tensor batch in images.Batches(BatchSize, cancellation))
        {
            IReadOnlyList<ImageBuffer> decoded;
            using (batch)
            {
                decoded = ImageTensors.ToImages(batch);
            }

            foreach (ImageBuffer image in decoded)
            {
                yield return image;
            }
        }
    }
}
