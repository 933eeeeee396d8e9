namespace ProjectedGan.Node.Plots;

/// <summary>A line chart; <see cref="LineChartLayout"/> turns it into a <see cref="Scene"/>.</summary>
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

    /// <summary>Width of the picture in scene units.</summary>
    public int Width { get; init; } = 800;

    /// <summary>Height of the picture in scene units.</summary>
    public int Height { get; init; } = 480;
}
