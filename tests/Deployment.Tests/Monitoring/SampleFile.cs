using System.Globalization;
using System.Text;
using Deployment.Tests.Tools;

namespace Deployment.Tests.Monitoring;

/// <summary>cluster.samples: two hours of a cluster's metrics.</summary>
internal static class SampleFile
{
    private const int Steps = 240;
    private static readonly TimeSpan Step = TimeSpan.FromSeconds(30);

    /// <summary>The last sample's time.</summary>
    public static DateTimeOffset End { get; } = new(2026, 1, 1, 12, 0, 0, TimeSpan.Zero);

    private static string[] Lines => [.. File.ReadAllLines(Repository.At("tests", "Deployment.Tests", "Monitoring", "cluster.samples")).Where(line => line.Length > 0 && line[0] != '#')];

    /// <summary>Names without the suffixes of histograms' series.</summary>
    public static IReadOnlySet<string> Families => Lines.Select(line => line.Replace("histogram ", "", StringComparison.Ordinal).Split('{')[0]).ToHashSet();

    /// <summary>All samples, with their times, in the OpenMetrics format.</summary>
    public static string OpenMetrics()
    {
        StringBuilder text = new();
        foreach (var words in Lines.Select(line => line.Split(' ')))
        {
            if (words is ["histogram", var name, var count, var mean])
            {
                AppendHistogram(text, name, Number(count), Number(mean));
            }
            else
            {
                AppendSeries(text, words[0], Number(words[1]), Number(words[2]));
            }
        }

        return text.Append("# EOF\n").ToString();
    }

    // All observations are of the mean; the buckets are some of the product's.
    private static void AppendHistogram(StringBuilder text, string series, double count, double mean)
    {
        var brace = series.IndexOf('{', StringComparison.Ordinal);
        string name = series[..brace], labels = series[(brace + 1)..^1];
        foreach (var bound in (double[])[0.005, 0.05, 0.5, 5, 50])
        {
            AppendSeries(text, FormattableString.Invariant($"{name}_bucket{{{labels},le=\"{bound}\"}}"), 0, mean <= bound ? count : 0);
        }

        AppendSeries(text, $"{name}_bucket{{{labels},le=\"+Inf\"}}", 0, count);
        AppendSeries(text, $"{name}_sum{{{labels}}}", 0, count * mean);
        AppendSeries(text, $"{name}_count{{{labels}}}", 0, count);
    }

    private static void AppendSeries(StringBuilder text, string series, double first, double growth)
    {
        for (var step = 0; step <= Steps; step++)
        {
            text.Append(CultureInfo.InvariantCulture, $"{series} {first + (growth * step)} {(End - ((Steps - step) * Step)).ToUnixTimeSeconds()}\n");
        }
    }

    private static double Number(string text) => double.Parse(text, CultureInfo.InvariantCulture);
}
