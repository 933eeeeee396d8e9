using ProjectedGan.Data.Datasets;
using ProjectedGan.Data.Images;
using ProjectedGan.Evaluation.Samples;
using ProjectedGan.Networks.Images;

namespace ProjectedGan.Cli.Runs;

/// <summary>Real images in the layout of the sample grids, to compare with.</summary>
internal static class RealGrid
{
    private const int Images = 48;
    private const int Columns = 8;

    /// <summary>Writes the grid as PNG, unless it is there.</summary>
    public static void Write(IImageDataset dataset, string path)
    {
        if (File.Exists(path))
        {
            return;
        }

        byte[] planar = new byte[dataset.Channels * dataset.Resolution * dataset.Resolution];
        List<ImageBuffer> images = [];
        for (int i = 0; i < Math.Min(Images, dataset.Count); i++)
        {
            // Spread over the dataset, whose neighbours are often alike.
            dataset.Read((int)((long)i * dataset.Count / Images), planar);
            images.Add(PlanarPixels.ToImage(planar, dataset.Channels, dataset.Resolution, dataset.Resolution));
        }

        SampleFiles.WritePng(SampleGrid.Compose(images, Columns), path);
    }
}
