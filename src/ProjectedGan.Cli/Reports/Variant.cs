using System.Text.RegularExpressions;
using ProjectedGan.Specification;
using ProjectedGan.Specification.Metrics;

namespace ProjectedGan.Cli.Reports;

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
            ReportRun first = group.First();
            string name = WithoutSeed(first.Name, groups.Length);
            variants.Add(new Variant(variants.Exists(other => other.Name == name) ? first.Name : name, [.. group.OrderBy(run => run.Spec.Seed)]));
        }

        return variants;
    }

    /// <summary>The best value of each run that was measured.</summary>
    public Spread Best() => new([.. Runs.Where(run => run.Curve.Count > 0).Select(run => Best(run).Value)]);

    /// <summary>The best measurement of a run that was measured, the first of equal ones.</summary>
    public static Measurement Best(ReportRun run) =>
        LowerIsBetter(run.Metric) ? run.Curve.MinBy(measurement => measurement.Value) : run.Curve.MaxBy(measurement => measurement.Value);

    /// <summary>Images of the first measurement that is as good as <paramref name="goal"/>, of each run that has one.</summary>
    public Spread ImagesTo(double goal) => new([.. Runs
        .Select(run => run.Curve.Where(measurement => LowerIsBetter(run.Metric) ? measurement.Value <= goal : measurement.Value >= goal).Select(measurement => (double?)measurement.Images).FirstOrDefault())
        .OfType<double>()]);

    /// <summary>Whether smaller values of a metric are better.</summary>
    public static bool LowerIsBetter(string metric) => MetricName.LowerIsBetter(MetricName.Split(metric).Figure);

    private static string WithoutSeed(string name, int groups)
    {
        string stripped = Seed().Replace(name[(name.IndexOf('/', StringComparison.Ordinal) + 1)..], "").Trim('-');
        return stripped.Length > 0 ? stripped : groups == 1 ? name.Split('/')[0] : name;
    }

    [GeneratedRegex(@"(^|-)seed\d+(?=-|$)")]
    private static partial Regex Seed();
}
