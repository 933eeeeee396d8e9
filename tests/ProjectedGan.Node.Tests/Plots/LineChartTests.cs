using System.Xml.Linq;
using ProjectedGan.Evaluation.Curves;
using ProjectedGan.Node.Plots;

namespace ProjectedGan.Node.Tests.Plots;

public sealed class LineChartTests
{
    private static readonly FdRow[] Run =
    [
        new(0, 0, "mobilenet_v2", 617), new(1000, 25, "mobilenet_v2", 59), new(4000, 100, "mobilenet_v2", 32.6), new(12_000, 300, "mobilenet_v2", 17.8),
    ];

    [Fact]
    public void Frechet_OneNetwork_NamesItOnTheAxis()
    {
        LineChart chart = FrechetChart.Of(Run, "A run");

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

        Assert.Contains(texts, text => text.Value == "mobilenet_v2");
        Assert.Contains(texts, text => text.Value == "inception_v3_fid");
        Assert.Contains(texts, text => text.Value == "Fréchet distance");
    }

    [Fact]
    public void Frechet_HardlyChanging_IsLinear() =>
        Assert.False(FrechetChart.Of([new(0, 0, "x", 100), new(10, 1, "x", 90)], "A run").LogarithmicY);

    [Fact]
    public void Svg_OfAChart_IsXmlWithTitleTicksAndLastValue()
    {
        XElement[] texts = [.. Texts(FrechetChart.Of(Run, "Faces <64×64> & more", "a subtitle"))];

        Assert.Contains(texts, text => text.Value == "Faces <64×64> & more");
        Assert.Contains(texts, text => text.Value == "a subtitle");
        Assert.Contains(texts, text => text.Value == "17.8");
        Assert.Contains(texts, text => text.Value == "1000");
    }

    [Fact]
    public void Layout_EveryItem_StaysInsideThePicture()
    {
        Scene scene = LineChartLayout.Arrange(FrechetChart.Of(Run, "A run"));
        foreach (ScenePoint point in scene.Items.SelectMany(Points))
        {
            Assert.InRange(point.X, 0, scene.Width);
            Assert.InRange(point.Y, 0, scene.Height);
        }
    }

    [Theory]
    [InlineData(true)]
    [InlineData(false)]
    public void Layout_NothingToDraw_IsAnEmptyChart(bool withPoint)
    {
        (double, double)[] points = withPoint ? [(0, double.NaN)] : [];
        LineChart chart = new() { Title = "Empty", XLabel = "x", YLabel = "y", Series = [new("none", points)], LogarithmicY = true };

        Assert.DoesNotContain(LineChartLayout.Arrange(chart).Items, item => item is SceneItem.Dot);
    }

    [Fact]
    public void Raster_OfAChart_ShowsTheCurveInItsColour()
    {
        Scene scene = LineChartLayout.Arrange(FrechetChart.Of(Run, "A run"));
        SceneItem.Line curve = scene.Items.OfType<SceneItem.Line>().Single(line => line.Points.Count == Run.Length);
        RasterImage image = SceneRasterizer.Render(scene, scale: 2);

        Assert.Equal((scene.Width * 2, scene.Height * 2), (image.Width, image.Height));
        Assert.Equal(scene.Background, image[0, 0]);
        ScenePoint middle = new((curve.Points[2].X + curve.Points[3].X) / 2, (curve.Points[2].Y + curve.Points[3].Y) / 2);
        Assert.Equal(curve.Color, image[(int)(middle.X * 2), (int)(middle.Y * 2)]);
    }

    [Fact]
    public void Write_Chart_MakesPngAndSvg()
    {
        string path = Path.Combine(Path.GetTempPath(), $"pgan-chart-{Guid.NewGuid():N}");
        try
        {
            ChartFile.Write(FrechetChart.Of(Run, "A run"), path);

            Assert.Equal([0x89, (byte)'P', (byte)'N', (byte)'G'], File.ReadAllBytes(path + ".png")[..4]);
            Assert.StartsWith("<svg", File.ReadAllText(path + ".svg"), StringComparison.Ordinal);
        }
        finally
        {
            File.Delete(path + ".png");
            File.Delete(path + ".svg");
        }
    }

    private static IEnumerable<XElement> Texts(LineChart chart) =>
        XDocument.Parse(SvgWriter.Write(LineChartLayout.Arrange(chart))).Root!.Elements().Where(element => element.Name.LocalName == "text");

    private static IEnumerable<ScenePoint> Points(SceneItem item) => item switch
    {
        SceneItem.Box box => [box.TopLeft, new(box.TopLeft.X + box.Width, box.TopLeft.Y + box.Height)],
        SceneItem.Line line => line.Points,
        SceneItem.Dot dot => [dot.Center],
        SceneItem.Label { Style.Upwards: false } label => Ends(label),
        _ => [],
    };

    private static ScenePoint[] Ends(SceneItem.Label label)
    {
        double width = StrokeFont.Measure(label.Text, label.Style.Size, label.Style.Bold);
        double start = label.Baseline.X - (label.Style.Anchor switch { TextAnchor.Middle => width / 2, TextAnchor.End => width, _ => 0 });
        return [new(start, label.Baseline.Y), new(start + width, label.Baseline.Y)];
    }
}
