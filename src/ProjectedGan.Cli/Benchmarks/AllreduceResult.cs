using System.Text.Json;

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
