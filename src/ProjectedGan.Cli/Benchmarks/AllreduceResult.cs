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
