namespace ProjectedGan.Cli.Plots;

/// <summary>A line chart, which <see cref="ChartFile"/> writes.</summary>
public sealed record LineChart
{
    public required string Title { get; init; }

    /// <summary>A line below the title, in grey; empty for none.</summary>
    public string Subtitle { get; init; } = "";

    public required string XLabel { get; init; }

    public required string YLabel { get; init; }

    public required IReadOnlyList<ChartSeries> Series { get; init; }

    /// <summary>Show y on a logarithmic axis; values that are not greater than zero are left out.</summary>
    public bool LogarithmicY { get; init; }

    /// <summary>Write the last value at the end of each curve.</summary>
    public bool LabelLastValue { get; init; } = true;

    /// <summary>Width of the picture in pixels of the SVG; the PNG has twice as many.</summary>
    public int Width { get; init; } = 800;

    /// <summary>Height of the picture in pixels of the SVG; the PNG has twice as many.</summary>
    public int Height { get; init; } = 480;
}
