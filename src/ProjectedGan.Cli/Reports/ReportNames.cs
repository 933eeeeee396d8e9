namespace ProjectedGan.Cli.Reports;

/// <summary>What a report calls its runs.</summary>
internal static class ReportNames
{
    /// <summary>Makes names different, and takes the name of the sweep out of them where all are of one.</summary>
    /// <returns>The sweep's name, or what stands for it, and the runs.</returns>
    public static (string Sweep, IReadOnlyList<ReportRun> Runs) Of(IReadOnlyList<ReportRun> runs)
    {
        string[] sweeps = [.. runs.Select(run => run.Name.Split('/', 2) is [var sweep, _] ? sweep : "").Distinct()];
        bool isOne = sweeps is [{ Length: > 0 }];
        List<ReportRun> named = [];
        foreach (ReportRun run in runs)
        {
            string name = isOne ? run.Name[(sweeps[0].Length + 1)..] : run.Name;
            int number = 1;
            while (named.Exists(other => other.Name == (number == 1 ? name : $"{name} ({number})")))
            {
                number++;
            }

            named.Add(number == 1 ? run with { Name = name } : run with { Name = $"{name} ({number})" });
        }

        return (isOne ? sweeps[0] : runs.Count == 1 ? runs[0].Name : "Comparison of runs", named);
    }
}
