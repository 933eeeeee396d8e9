using System.Globalization;

namespace ProjectedGan.Cli.Reports;

/// <summary>A figure over seeds: its mean, and its sample standard deviation (n − 1) where there are two or more.</summary>
/// <param name="values">One a seed.</param>
internal sealed class Spread(IReadOnlyList<double> values)
{
    public int Count => values.Count;

    public double Mean => values.Average();

    public double? Deviation => values.Count < 2 ? null : Math.Sqrt(values.Sum(value => (value - Mean) * (value - Mean)) / (values.Count - 1));

    /// <summary>Mean ± deviation; a dash where there is no value.</summary>
    /// <param name="format">How numbers are written, for example <c>N0</c>.</param>
    public string Text(string format)
    {
        string Number(double value) => value.ToString(format, CultureInfo.InvariantCulture);
        return Count == 0 ? "–" : Deviation is { } deviation ? $"{Number(Mean)} ± {Number(deviation)}" : Number(Mean);
    }
}
