using System.Text.RegularExpressions;
using ProjectedGan.Specification;
using ProjectedGan.Specification.Metrics;

namespace ProjectedGan.Cli.Reports;

/// <summary>One run as a report shows it, wherever it was trained.</summary>
internal sealed record ReportRun
{
    /// <summary>Its name; a sweep's name and a slash before it where it belongs to one.</summary>
    public required string Name { get; init; }

    public required TrainingSpec Spec { get; init; }

    /// <summary>How far it has come, in a few words.</summary>
    public required string State { get; init; }

    /// <summary>Whether it has come to its end, the clock's or the spec's.</summary>
    public required bool HasEnded { get; init; }

    /// <summary>Real images shown.</summary>
    public required long Images { get; init; }

    /// <summary>Time of training, over all of its sessions.</summary>
    public required TimeSpan TrainingTime { get; init; }

    /// <summary>The key of what was measured, <c>fd_mobilenet_v2</c> for example; empty where nothing was.</summary>
    public string Metric { get; init; } = "";

    /// <summary>Its measurements in the order of training, finite ones alone.</summary>
    public IReadOnlyList<ReportPoint> Curve { get; init; } = [];

    /// <summary>The most memory that the training process held, in bytes; null where it is not known.</summary>
    public long? PeakBytes { get; init; }

    /// <summary>A PNG sheet of its newest samples, if there is one.</summary>
    public byte[]? Samples { get; init; }

    /// <summary>A PNG sheet of samples beside the training images nearest to them, the newest, if there is one.</summary>
    public byte[]? Neighbours { get; init; }

    /// <summary>A PNG sheet of real images, if there is one.</summary>
    public byte[]? Real { get; init; }
}

/// <summary>What a report calls its runs.</summary>
internal static class ReportNames
{
    /// <summary>Makes names different, and takes the name of the sweep out of them where all are of one.</summary>
    /// <returns>The sweep's name, or what stands for it, and the runs.</returns>
    public static (string Sweep, IReadOnlyList<ReportRun> Runs) Of(IReadOnlyList<ReportRun> runs)
    {
        string[] sweeps = [.. runs.Select(run => run.Name.Split('/', 2) is [var sweep, _] ? sweep : "").Distinct()];
        var isOne = sweeps is [{ Length: > 0 }];
        List<ReportRun> named = [];
        foreach (var run in runs)
        {
            var name = isOne ? run.Name[(sweeps[0].Length + 1)..] : run.Name;
            var number = 1;
            while (named.Exists(other => other.Name == (number == 1 ? name : $"{name} ({number})")))
            {
                number++;
            }

            named.Add(number == 1 ? run with { Name = name } : run with { Name = $"{name} ({number})" });
        }

        return (isOne ? sweeps[0] : runs.Count == 1 ? runs[0].Name : "Comparison of runs", named);
    }
}

/// <summary>Runs that differ in their seeds alone.</summary>
/// <param name="Name">What the report calls it.</param>
/// <param name="Runs">At least one, by seed.</param>
internal sealed partial record Variant(string Name, IReadOnlyList<ReportRun> Runs)
{
    /// <summary>The spec of its first run.</summary>
    public TrainingSpec Spec => Runs[0].Spec;

    /// <summary>Groups runs, in the order of their first ones. When a run ends and what is looked at on the way makes no other variant.</summary>
    public static IReadOnlyList<Variant> Of(IReadOnlyList<ReportRun> runs)
    {
        IGrouping<TrainingSpec, ReportRun>[] groups = [.. runs.GroupBy(run => run.Spec with { Seed = 0, TotalImages = 1, Schedule = new() })];
        List<Variant> variants = [];
        foreach (var group in groups)
        {
            var first = group.First();
            var name = WithoutSeed(first.Name, groups.Length);
            variants.Add(new Variant(variants.Exists(other => other.Name == name) ? first.Name : name, [.. group.OrderBy(run => run.Spec.Seed)]));
        }

        return variants;
    }

    /// <summary>The best value of each run that was measured.</summary>
    public Spread Best() => new([.. Runs.Where(run => run.Curve.Count > 0).Select(run => Best(run).Value)]);

    /// <summary>The best measurement of a run that was measured, the first of equal ones.</summary>
    public static ReportPoint Best(ReportRun run) =>
        LowerIsBetter(run.Metric) ? run.Curve.MinBy(measurement => measurement.Value) : run.Curve.MaxBy(measurement => measurement.Value);

    /// <summary>Images of the first measurement that is as good as <paramref name="goal"/>, of each run that has one.</summary>
    public Spread ImagesTo(double goal) => new([.. Runs
        .Select(run => run.Curve.Where(measurement => LowerIsBetter(run.Metric) ? measurement.Value <= goal : measurement.Value >= goal).Select(measurement => (double?)measurement.Images).FirstOrDefault())
        .OfType<double>()]);

    /// <summary>Whether smaller values of a metric are better.</summary>
    public static bool LowerIsBetter(string metric) => MetricName.LowerIsBetter(MetricName.Split(metric).Figure);

    private static string WithoutSeed(string name, int groups)
    {
        var stripped = Seed().Replace(name[(name.IndexOf('/', StringComparison.Ordinal) + 1)..], "").Trim('-');
        return stripped.Length > 0 ? stripped : groups == 1 ? name.Split('/')[0] : name;
    }

    [GeneratedRegex(@"(^|-)seed\d+(?=-|$)")]
    private static partial Regex Seed();
}
