using ScottPlot;
using SkiaSharp;

namespace ProjectedGan.Cli.Plots;

/// <summary>The charts' typeface, which comes with the program: a server has no fonts to rely on, and without one text is blank.</summary>
internal sealed class ChartFont : IFontResolver
{
    public const string Family = "Roboto";

    private readonly SKTypeface _typeface = Load();

    // The system's fonts are not asked, so that a chart looks the same on every machine.
    static ChartFont()
    {
        ScottPlot.Fonts.FontResolvers.Clear();
        ScottPlot.Fonts.FontResolvers.Add(new ChartFont());
        ScottPlot.Fonts.Default = Family;
    }

    private ChartFont()
    {
    }

    /// <summary>Sets all text of <paramref name="plot"/> in the typeface.</summary>
    public static void Apply(Plot plot) => plot.Font.Set(Family);

    public SKTypeface CreateTypeface(string fontName, bool bold, bool italic) => _typeface;

    public SKTypeface CreateTypeface(string fontName, FontWeight weight, FontSlant slant, FontSpacing spacing) => _typeface;

    private static SKTypeface Load()
    {
        using Stream stream = typeof(ChartFont).Assembly.GetManifestResourceStream("Roboto-Regular.ttf")
            ?? throw new InvalidOperationException("The assembly lacks its resource Roboto-Regular.ttf.");
        return SKTypeface.FromStream(stream);
    }
}
