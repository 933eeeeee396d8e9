using System.Text;
using ProjectedGan.Data.Images;
using ProjectedGan.Networks.WeightFiles;

namespace ProjectedGan.Node.Plots;

/// <summary>Writes a chart twice, as PNG and as SVG. Each file is replaced as a whole.</summary>
public static class ChartFile
{
    private const int PixelsPerUnit = 2;

    /// <summary>Writes <paramref name="path"/> + <c>.png</c> and <paramref name="path"/> + <c>.svg</c>.</summary>
    /// <exception cref="WeightFileException">A file cannot be written; what was there is unchanged.</exception>
    public static void Write(LineChart chart, string path)
    {
        Scene scene = LineChartLayout.Arrange(chart);
        RasterImage image = SceneRasterizer.Render(scene, PixelsPerUnit);
        byte[] png = ImageCodec.EncodePng(new ImageBuffer(image.Width, image.Height, 3, image.Pixels));
        AtomicFile.Write(path + ".png", stream => stream.Write(png));
        AtomicFile.Write(path + ".svg", stream => stream.Write(Encoding.UTF8.GetBytes(SvgWriter.Write(scene))));
    }
}
