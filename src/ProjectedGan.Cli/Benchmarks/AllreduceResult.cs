using System.Diagnostics;
using System.Text.Json;
using ProjectedGan.Foundation;

namespace ProjectedGan.Cli.Benchmarks;

/// <summary>One way to sum, as all its processes measured it.</summary>
/// <param name="Kind">Which way.</param>
/// <param name="Processes">W.</param>
/// <param name="Bytes">Bytes of the float32 tensor.</param>
/// <param name="Milliseconds">Median over the rounds of the slowest process' time.</param>
/// <param name="FastestMilliseconds">The fastest round.</param>
/// <param name="CpuSecondsPerGigabyte">Processor time of all processes for 10^9 bytes of tensor.</param>
internal sealed record AllreduceResult(string Kind, int Processes, long Bytes, double Milliseconds, double FastestMilliseconds, double CpuSecondsPerGigabyte)
{
    /// <summary>Bytes of the tensor over the median time, in 10^9 bytes a second.</summary>
    public double GigabytesPerSecond => Bytes / Milliseconds / 1e6;

    public static AllreduceResult Combine(string kind, long bytes, IReadOnlyList<AllreduceMeasurement> ranks)
    {
        double[] rounds = [.. Enumerable.Range(0, ranks[0].Seconds.Length).Select(round => ranks.Max(rank => rank.Seconds[round])).Order()];
        return new AllreduceResult(
            kind, ranks.Count, bytes, rounds[rounds.Length / 2] * 1e3, rounds[0] * 1e3, ranks.Sum(rank => rank.CpuSeconds) / rounds.Length / (bytes / 1e9));
    }
}

/// <summary>What one rank measured; every kind of rank prints it as its last line.</summary>
/// <param name="Seconds">Time of each counted round, from a barrier to the end.</param>
/// <param name="CpuSeconds">Processor time of the process over all counted rounds.</param>
internal sealed record AllreduceMeasurement(double[] Seconds, double CpuSeconds)
{
    private static readonly JsonSerializerOptions Options = new(JsonSerializerDefaults.Web);

    public string ToJson() => JsonSerializer.Serialize(this, Options);

    /// <summary>Reads a line; null if it is none.</summary>
    public static AllreduceMeasurement? Parse(string line)
    {
        try
        {
            return JsonSerializer.Deserialize<AllreduceMeasurement>(line, Options) is { Seconds.Length: > 0 } measured ? measured : null;
        }
        catch (JsonException)
        {
            return null;
        }
    }
}

/// <summary>One process' part in a way to move what an all-reduce moves.</summary>
internal interface IAllreduceRank : IAsyncDisposable
{
    /// <summary>Where the others reach this process.</summary>
    string Address { get; }

    /// <param name="addresses">Those of all processes, by rank.</param>
    /// <param name="cancellation">Gives up.</param>
    Task ConnectAsync(string[] addresses, CancellationToken cancellation);

    Task BarrierAsync(CancellationToken cancellation);

    /// <summary>One round; returns when this process is done with it.</summary>
    void Sum(int round);
}

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
            for (var rank = 0; rank < processes; rank++)
            {
                ProcessStartInfo start = new(program, arguments(rank)) { RedirectStandardInput = true, RedirectStandardOutput = true };
                started.Add(Process.Start(start) ?? throw new PganException($"'{program}' cannot be started."));
            }

            var addresses = await Task.WhenAll(started.Select(process => LineAsync(process, cancellation)));
            foreach (var process in started)
            {
                await process.StandardInput.WriteLineAsync(string.Join(' ', addresses));
                await process.StandardInput.FlushAsync(cancellation);
            }

            var measured = await Task.WhenAll(started.Select(process => LineAsync(process, cancellation)));
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
