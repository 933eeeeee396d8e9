namespace ProjectedGan.Cli.Plots;

/// <summary>One curve.</summary>
/// <param name="Name">What the legend calls it.</param>
/// <param name="Points">(x, y) in the order in which they are joined; points with a NaN or infinite coordinate leave a gap.</param>
public sealed record ChartSeries(string Name, IReadOnlyList<(double X, double Y)> Points)
{
    /// <summary>The least and the most at each point, drawn as a band behind the curve; null for none.</summary>
    public IReadOnlyList<(double Least, double Most)>? Band { get; init; }
}
