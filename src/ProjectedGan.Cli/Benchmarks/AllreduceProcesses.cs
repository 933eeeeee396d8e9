using System.Diagnostics;
using ProjectedGan.Foundation;

namespace ProjectedGan.Cli.Benchmarks;

/// <summary>Runs the ranks of one way to sum as processes: each prints its address, reads those of all, measures, and prints an <see cref="AllreduceMeasurement"/>.</summary>
internal static class AllreduceProcesses
{
    /// <exception cref="PganException">A process fails.</exception>
    public static async Task<AllreduceResult> RunAsync(string kind, string program, Func<int, IEnumerable<string>> arguments, int processes, long bytes, CancellationToken cancellation)
    {
        List<Process> started = [];
        using var kill = cancellation.Register(() => started.ForEach(Kill));
        try
        {
            for (int rank = 0; rank < processes; rank++)
            {
                ProcessStartInfo start = new(program, arguments(rank)) { RedirectStandardInput = true, RedirectStandardOutput = true };
                started.Add(Process.Start(start) ?? throw new PganException($"'{program}' cannot be started."));
            }

            string[] addresses = await Task.WhenAll(started.Select(process => LineAsync(process, cancellation)));
            foreach (Process process in started)
            {
                await process.StandardInput.WriteLineAsync(string.Join(' ', addresses));
                await process.StandardInput.FlushAsync(cancellation);
            }

            string[] measured = await Task.WhenAll(started.Select(process => LineAsync(process, cancellation)));
            return AllreduceResult.Combine(kind, bytes, [.. measured.Select(line => AllreduceMeasurement.Parse(line) ?? throw new PganException($"{kind}: '{line}' is no measurement."))]);
        }
        finally
        {
            started.ForEach(Kill);
            started.ForEach(process => process.Dispose());
        }
    }

    private static async Task<string> LineAsync(Process process, CancellationToken cancellation) =>
        await process.StandardOutput.ReadLineAsync(cancellation) is { } line ? line : throw new PganException($"'{process.StartInfo.FileName}' ended without a result.");

    private static void Kill(Process process)
    {
        try
        {
            process.Kill(entireProcessTree: true);
        }
        catch (InvalidOperationException)
        {
            // It has ended.
        }
    }
}
