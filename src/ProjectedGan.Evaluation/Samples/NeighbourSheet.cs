using ProjectedGan.Data.Datasets;
using ProjectedGan.Data.Images;
using ProjectedGan.Evaluation.Extraction;
using ProjectedGan.Networks.Generators;

namespace ProjectedGan.Evaluation.Samples;

/// <summary>
/// Samples beside the training images that are nearest to them in the metric network's features, as one PNG: in each group the sample, then
/// its neighbours, nearest first. A sample that equals its neighbour is a training image learnt by heart; many samples with one neighbour
/// are a collapse.
/// </summary>
public static class NeighbourSheet
{
    /// <summary>As many as a run's grid of samples shows.</summary>
    public const int Samples = 48;

    /// <summary>Training images beside each.</summary>
    public const int Neighbours = 3;

    private const int GroupsPerRow = 4;
    private const int LargestCell = 128;
    private const int Gap = 4;
    private const int Aisle = 20;
    private const byte Background = 96;

    /// <summary>Draws the sheet.</summary>
    /// <param name="runner">Whose features are compared.</param>
    /// <param name="generator">In evaluation mode.</param>
    /// <param name="dataset">The training images.</param>
    /// <param name="options">Seed of the samples, and how images are passed through the network.</param>
    /// <param name="path">The file; replaced as a whole.</param>
    /// <param name="cancellation">Stops between batches.</param>
    /// <returns>The neighbours of each sample.</returns>
    public static IReadOnlyList<IReadOnlyList<NearImage>> Write(
        MetricsRunner runner, GeneratorNetwork generator, IImageDataset dataset, EvaluationOptions options, string path,
        CancellationToken cancellation)
    {
        GeneratedImages samples = new(generator, Samples, options.Seed, dataset);
        var nearest = runner.Nearest(samples, dataset, Neighbours, options, cancellation);
        SampleFiles.WritePng(Compose([.. SampleFiles.Each(samples, cancellation)], nearest, dataset), path);
        return nearest;
    }

    /// <summary>Lays out samples and their neighbours.</summary>
    public static ImageBuffer Compose(
        IReadOnlyList<ImageBuffer> samples, IReadOnlyList<IReadOnlyList<NearImage>> nearest, IImageDataset dataset)
    {
        var cell = Fit(samples[0]).Width;
        int groupWidth = (cell * (1 + nearest[0].Count)) + Gap, across = Math.Min(GroupsPerRow, samples.Count);
        var rows = (samples.Count + across - 1) / across;
        ImageBuffer sheet = new((across * (groupWidth + Aisle)) - Aisle, (rows * (cell + Gap)) - Gap, 3);
        sheet.Pixels.AsSpan().Fill(Background);
        var planar = new byte[dataset.Channels * dataset.Resolution * dataset.Resolution];
        for (var i = 0; i < samples.Count; i++)
        {
            int left = i % across * (groupWidth + Aisle), top = i / across * (cell + Gap);
            Draw(Fit(samples[i]), sheet, left, top);
            for (var j = 0; j < nearest[i].Count; j++)
            {
                dataset.Read(nearest[i][j].Index, planar);
                var image = PlanarPixels.ToImage(planar, dataset.Channels, dataset.Resolution, dataset.Resolution);
                Draw(Fit(image), sheet, left + cell + Gap + (j * cell), top);
            }
        }

        return sheet;
    }

    private static ImageBuffer Fit(ImageBuffer image) => ImageTransforms.WithChannels(WalkSheet.Shrink(image, LargestCell), 3);

    private static void Draw(ImageBuffer image, ImageBuffer sheet, int left, int top)
    {
        for (var y = 0; y < image.Height; y++)
        {
            image.Row(y).CopyTo(sheet.Row(top + y)[(3 * left)..]);
        }
    }
}
