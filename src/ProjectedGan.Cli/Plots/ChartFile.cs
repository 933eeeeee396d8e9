using System.Text;
using ProjectedGan.Foundation;

namespace ProjectedGan.Cli.Plots;

/// <summary>Writes a chart twice, as PNG and as SVG. Each file is replaced as a whole.</summary>
public static class ChartFile
{
    /// <summary>Writes <paramref name="path"/> + <c>.png</c> and <paramref name="path"/> + <c>.svg</c>.</summary>
    /// <exception cref="PganException">A file cannot be written; what was there is unchanged.</exception>
    public static void Write(LineChart chart, string path)
    {
        ArgumentNullException.ThrowIfNull(chart);
        byte[] png = ChartRenderer.Png(chart);
        byte[] svg = Encoding.UTF8.GetBytes(ChartRenderer.Svg(chart));
        AtomicFile.Write(path + ".png", stream => stream.Write(png));
        AtomicFile.Write(path + ".svg", stream => stream.Write(svg));
    }
}
