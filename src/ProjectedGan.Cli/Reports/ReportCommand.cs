using System.CommandLine;
using ProjectedGan.Cli.Client;
using ProjectedGan.Cli.Shell;
using ProjectedGan.Foundation;

namespace ProjectedGan.Cli.Reports;

/// <summary><c>pgan report</c>: compares runs in a file for people.</summary>
internal static class ReportCommand
{
    public static Command Build()
    {
        Argument<string[]> sources = new("FOLDER|ID") { Description = "Runs' folders, folders of runs, and ids of experiments.", Arity = ArgumentArity.OneOrMore };
        Option<string> output = new("--out") { Description = "Where report.html, report.md and images/ go; what a report left there is replaced.", DefaultValueFactory = _ => "report", HelpName = "FOLDER" };
        Option<double[]> reach = new("--reach") { Description = "A value of the metric: after how many images it is reached. Several may be given. The worst run's best value by default.", HelpName = "VALUE" };
        Option<string?> baseline = new("--baseline") { Description = "The variant that the others' settings are compared with; the one named baseline, or else the first, by default.", HelpName = "VARIANT" };
        Option<string?> title = new("--title") { Description = "The report's title; the sweep's name by default." };
        ExampleCommand command = new(
            "report",
            "Writes a report on runs of pgan train and on a cluster's experiments: best metric and images to reach a value, with mean and spread over seeds, curves, samples, resources, and specs. "
            + "Runs that differ in their seeds alone are one variant.",
            "report runs/projection --out report",
            "report runs/a runs/b --reach 20 --reach 10",
            "report 4h9x 7k2m --baseline full")
        {
            sources, output, reach, baseline, title,
        };
        command.Calls(async (parsed, channel, cancellation) =>
        {
            ClusterRuns cluster = new(channel);
            List<ReportRun> runs = [];
            foreach (var source in parsed.GetValue(sources)!)
            {
                if (Directory.Exists(source))
                {
                    runs.AddRange(FolderRuns.Read(source));
                }
                else
                {
                    runs.Add(source.Contains('/') ? throw new UsageException($"There is no folder '{source}'.") : await cluster.ReadAsync(source, cancellation));
                }
            }

            (var sweep, var named) = ReportNames.Of(runs);
            var variants = Variant.Of(named);
            var heading = parsed.GetValue(title) ?? sweep;
            Report report = new(named, variants, Baseline(parsed.GetValue(baseline), variants), parsed.GetValue(reach) ?? []);
            var folder = Path.GetFullPath(parsed.GetValue(output)!);
            ReportFiles.Write(folder, heading, report.Blocks(heading, DateOnly.FromDateTime(TimeProvider.System.GetLocalNow().DateTime)));
            Console.WriteLine(Path.Combine(folder, "report.html"));
            return ExitCode.Success;
        });
        return command;
    }

    private static Variant Baseline(string? name, IReadOnlyList<Variant> variants) =>
        variants.FirstOrDefault(variant => variant.Name == (name ?? "baseline")) is { } found ? found
        : name is null ? variants[0]
        : throw new UsageException($"--baseline: there is no variant '{name}'; these are {string.Join(", ", variants.Select(variant => variant.Name))}.");
}
