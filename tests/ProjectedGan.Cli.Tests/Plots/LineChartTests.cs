using System.Xml.Linq;
using ProjectedGan.Cli.Plots;
using ProjectedGan.Data.Images;
using ProjectedGan.Evaluation.Curves;

namespace ProjectedGan.Cli.Tests.Plots;

public sealed class LineChartTests
{
    private static readonly FdRow[] Run =
    [
        new(0, 0, "mobilenet_v2", 617), new(1000, 25, "mobilenet_v2", 59), new(4000, 100, "mobilenet_v2", 32.6), new(12_000, 300, "mobilenet_v2", 17.8),
    ];

    [Fact]
    public void Frechet_OneNetwork_NamesItOnTheAxis()
    {
        var chart = FrechetChart.Of(Run, "A run");

        Assert.Equal("Fréchet distance (mobilenet_v2)", chart.YLabel);
        Assert.Equal("thousands of images", chart.XLabel);
        Assert.True(chart.LogarithmicY);
        Assert.Equal((12.0, 17.8), Assert.Single(chart.Series).Points[^1]);
    }

    [Fact]
    public void Frechet_TwoNetworks_AreTwoCurvesWithALegend()
    {
        FdRow[] rows = [.. Run, new(0, 0, "inception_v3_fid", 400), new(12_000, 300, "inception_v3_fid", 90)];
        XElement[] texts = [.. Texts(FrechetChart.Of(rows, "A run"))];

        Assert.Contains(texts, text => text.Value.Trim() == "mobilenet_v2");
        Assert.Contains(texts, text => text.Value.Trim() == "inception_v3_fid");
        Assert.Contains(texts, text => text.Value.Trim() == "Fréchet distance");
    }

    [Fact]
    public void Frechet_HardlyChanging_IsLinear() =>
        Assert.False(FrechetChart.Of([new(0, 0, "x", 100), new(10, 1, "x", 90)], "A run").LogarithmicY);

    [Fact]
    public void Svg_OfASeriesWithABand_FillsItAndHasRoomForIt()
    {
        LineChart plain = new() { Title = "", XLabel = "", YLabel = "", Series = [new ChartSeries("pgan", [(0, 40), (3, 20), (6, 30)])] };
        var banded = plain with { Series = [plain.Series[0] with { Band = [(30, 90), (10, 60), (20, double.NaN)] }] };

        Assert.DoesNotContain(Texts(plain), text => text.Value.Trim() == "80");
        Assert.Contains(Texts(banded), text => text.Value.Trim() == "80");
        Assert.Equal(Filled(plain) + 1, Filled(banded));

        static int Filled(LineChart chart) => XDocument.Parse(ChartRenderer.Svg(chart)).Descendants()
            .Count(element => (string?)element.Attribute("fill-opacity") is not null);
    }

    [Fact]
    public void Svg_OfAChart_IsXmlWithTitleTicksAndLastValue()
    {
        XElement[] texts = [.. Texts(FrechetChart.Of(Run, "Faces <64×64> & more", "a subtitle"))];

        Assert.Contains(texts, text => text.Value.Trim() == "Faces <64×64> & more");
        Assert.Contains(texts, text => text.Value.Trim() == "a subtitle");
        Assert.Contains(texts, text => text.Value.Trim() == "17.8");
        Assert.Contains(texts, text => text.Value.Trim() == "1000");
    }

    [Theory]
    [InlineData(true)]
    [InlineData(false)]
    public void Svg_NothingToDraw_IsAnEmptyChart(bool withPoint)
    {
        (double, double)[] points = withPoint ? [(0, double.NaN)] : [];
        LineChart chart = new() { Title = "Empty", XLabel = "x", YLabel = "y", Series = [new("none", points)], LogarithmicY = true };

        var svg = XDocument.Parse(ChartRenderer.Svg(chart));

        Assert.DoesNotContain(svg.Descendants(), element => element.Name.LocalName is "circle" or "ellipse");
        Assert.Contains(Texts(chart), text => text.Value.Trim() == "Empty");
    }

    [Fact]
    public void Svg_GapInACurve_IsNotBridged()
    {
        LineChart chart = new() { Title = "Gap", XLabel = "x", YLabel = "y", Series = [new("a", [(0, 1), (1, 2), (2, double.NaN), (3, 2), (4, 1)])] };
        var curve = XDocument.Parse(ChartRenderer.Svg(chart)).Descendants().Single(element => (string?)element.Attribute("stroke-width") == "2.25");

        Assert.Equal(2, ((string)curve.Attribute("d")!).Count(letter => letter == 'M'));
    }

    [Fact]
    public void Text_OnAnyMachine_IsInTheProgramsOwnTypeface()
    {
        var chart = FrechetChart.Of(Run, "A run", "a subtitle");

        Assert.All(Texts(chart), text => Assert.StartsWith("Roboto,", (string)text.Attribute("font-family")!, StringComparison.Ordinal));
        // No other source of fonts is asked, so there is nothing that a machine without fonts could lack.
        Assert.IsType<ChartFont>(Assert.Single(ScottPlot.Fonts.FontResolvers));
    }

    [Fact]
    public void Png_OfAChart_ShowsCurveAndText()
    {
        var chart = FrechetChart.Of(Run, "A run");
        var image = ImageTransforms.Composite(ImageCodec.Decode(ChartRenderer.Png(chart)), RgbColor.White);

        Assert.Equal((chart.Width * 2, chart.Height * 2), (image.Width, image.Height));
        Assert.Equal([255, 255, 255], image.Row(0)[..3].ToArray());
        Assert.True(Count(image, 0, image.Height, pixel => pixel is (0x24, 0x57, 0xc5)) > 1000, "There is no curve.");
        // The title is above the grid, the x axis' label is in the last rows; blank glyphs or boxes would give next to none or far more.
        Assert.InRange(Count(image, 0, 70, IsInk), 150, 3000);
        Assert.InRange(Count(image, image.Height - 45, image.Height, IsInk), 300, 6000);

        static bool IsInk((byte Red, byte Green, byte Blue) pixel) => pixel.Red < 100 && pixel.Green < 100;
    }

    [Fact]
    public void Write_Chart_MakesPngAndSvg()
    {
        var path = Path.Combine(Path.GetTempPath(), $"pgan-chart-{Guid.NewGuid():N}");
        try
        {
            ChartFile.Write(FrechetChart.Of(Run, "A run"), path);

            Assert.Equal([0x89, (byte)'P', (byte)'N', (byte)'G'], File.ReadAllBytes(path + ".png")[..4]);
            Assert.Equal("svg", XDocument.Load(path + ".svg").Root!.Name.LocalName);
        }
        finally
        {
            File.Delete(path + ".png");
            File.Delete(path + ".svg");
        }
    }

    private static IEnumerable<XElement> Texts(LineChart chart) =>
        XDocument.Parse(ChartRenderer.Svg(chart)).Descendants().Where(element => element.Name.LocalName == "text");

    private static int Count(ImageBuffer image, int top, int bottom, Func<(byte Red, byte Green, byte Blue), bool> wanted)
    {
        var count = 0;
        for (var y = top; y < bottom; y++)
        {
            var row = image.Row(y);
            for (var x = 0; x < row.Length; x += 3)
            {
                count += wanted((row[x], row[x + 1], row[x + 2])) ? 1 : 0;
            }
        }

        return count;
    }
}
