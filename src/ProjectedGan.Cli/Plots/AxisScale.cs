using System.Globalization;

namespace ProjectedGan.Cli.Plots;

/// <summary>One axis: the range shown, and where its ticks stand. Linear ticks are multiples of 1, 2 or 5 times a power of ten;
/// logarithmic ones are 1, 2 and 5 in each decade, or powers of ten when there are many decades.</summary>
public sealed class AxisScale
{
    private const int ManyDecades = 4;

    private AxisScale(double low, double high, IReadOnlyList<double> ticks, bool logarithmic)
    {
        Low = low;
        High = high;
        Ticks = ticks;
        IsLogarithmic = logarithmic;
    }

    public double Low { get; }

    public double High { get; }

    public IReadOnlyList<double> Ticks { get; }

    public bool IsLogarithmic { get; }

    /// <summary>A linear axis that covers [<paramref name="low"/>, <paramref name="high"/>] and ends on ticks.</summary>
    public static AxisScale Linear(double low, double high, int wantedTicks = 6)
    {
        if (high <= low)
        {
            var margin = low == 0 ? 1 : Math.Abs(low) * 0.5;
            (low, high) = (low - margin, high + margin);
        }

        var step = RoundStep((high - low) / Math.Max(1, wantedTicks));
        var first = Math.Floor((low / step) + 1e-9);
        var last = Math.Ceiling((high / step) - 1e-9);
        List<double> ticks = [];
        for (var i = first; i <= last; i++)
        {
            ticks.Add(i * step);
        }

        return new(ticks[0], ticks[^1], ticks, logarithmic: false);
    }

    /// <summary>A logarithmic axis that covers [<paramref name="low"/>, <paramref name="high"/>], both greater than zero.</summary>
    public static AxisScale Logarithmic(double low, double high)
    {
        ArgumentOutOfRangeException.ThrowIfNegativeOrZero(low);
        high = Math.Max(high, low);
        var firstDecade = (int)Math.Floor(Math.Log10(low) + 1e-9);
        var lastDecade = (int)Math.Floor(Math.Log10(high) + 1e-9);
        double[] mantissas = lastDecade - firstDecade >= ManyDecades ? [1] : [1, 2, 5];
        List<double> candidates = [];
        for (var decade = firstDecade; decade <= lastDecade + 1; decade++)
        {
            candidates.AddRange(mantissas.Select(mantissa => mantissa * Math.Pow(10, decade)));
        }

        var bottom = candidates.Last(tick => tick <= low * (1 + 1e-9));
        var top = candidates.First(tick => tick >= high * (1 - 1e-9) && tick > bottom);
        return new(bottom, top, [.. candidates.Where(tick => tick >= bottom && tick <= top)], logarithmic: true);
    }

    /// <summary>Where <paramref name="value"/> lies: 0 at <see cref="Low"/>, 1 at <see cref="High"/>.</summary>
    public double Fraction(double value) => IsLogarithmic
        ? (Math.Log10(value) - Math.Log10(Low)) / (Math.Log10(High) - Math.Log10(Low))
        : (value - Low) / (High - Low);

    /// <summary>A tick's label, without noise digits.</summary>
    public static string Format(double tick) => tick == 0 ? "0" : Math.Abs(tick) is >= 1e6 or < 1e-4
        ? tick.ToString("0.##e0", CultureInfo.InvariantCulture)
        : Math.Round(tick, 6).ToString("0.######", CultureInfo.InvariantCulture);

    private static double RoundStep(double raw)
    {
        var power = Math.Pow(10, Math.Floor(Math.Log10(raw)));
        var mantissa = raw / power;
        return power * (mantissa <= 1.0001 ? 1 : mantissa <= 2.0001 ? 2 : mantissa <= 5.0001 ? 5 : 10);
    }
}
