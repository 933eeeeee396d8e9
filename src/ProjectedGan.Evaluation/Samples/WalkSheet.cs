using ProjectedGan.Data.Datasets;
using ProjectedGan.Data.Images;
using ProjectedGan.Networks.Generators;
using ProjectedGan.Networks.Images;

namespace ProjectedGan.Evaluation.Samples;

/// <summary>
/// A closed walk through latent space as one PNG: <see cref="Frames"/> frames, <see cref="Columns"/> a row. A browser plays it without
/// knowing more than these two numbers. It is drawn beside training, so it is small: at most 128 images, and frames of at most
/// <see cref="LargestFrame"/> pixels.
/// </summary>
public static class WalkSheet
{
    public const int Frames = 32;
    public const int Columns = 8;
    private const int Stops = 4;
    private const int LargestFrame = 192;

    /// <param name="generator">In evaluation mode.</param>
    /// <param name="resolution">Pixels of its images, a power of two.</param>
    /// <param name="labels">The data set whose classes a conditional generator shows.</param>
    /// <param name="path">The file; replaced as a whole.</param>
    /// <param name="cancellation">Ends the walk between two frames.</param>
    public static void Write(GeneratorNetwork generator, int resolution, IImageDataset? labels, string path, CancellationToken cancellation)
    {
        LatentWalk walk = new() { Cells = Math.Clamp(LargestFrame / resolution, 1, 2), Stops = Stops, FramesBetween = Frames / Stops, Labels = labels };
        var frames = walk.Frames(generator, cancellation).Select(frame => Shrink(frame, LargestFrame));
        SampleFiles.WritePng(SampleGrid.Compose([.. frames], Columns), path);
    }

    /// <summary>An image halved until it fits: resolutions are powers of two, and so are the factors.</summary>
    public static ImageBuffer Shrink(ImageBuffer image, int largest) => image.Width <= largest ? image : Shrink(Halve(image), largest);

    private static ImageBuffer Halve(ImageBuffer image)
    {
        ImageBuffer half = new(image.Width / 2, image.Height / 2, image.Channels);
        for (var y = 0; y < half.Height; y++)
        {
            Span<byte> upper = image.Row(2 * y), lower = image.Row(2 * y + 1), target = half.Row(y);
            for (var i = 0; i < target.Length; i++)
            {
                int left = i / image.Channels * 2 * image.Channels + i % image.Channels, right = left + image.Channels;
                target[i] = (byte)((upper[left] + upper[right] + lower[left] + lower[right] + 2) / 4);
            }
        }

        return half;
    }
}
