using System.Text.Json;

namespace ProjectedGan.Cli.Benchmarks;

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
