using System.Text.Json;
using System.Text.Json.Serialization;

namespace ProjectedGan.Cli.Benchmarks;

/// <summary>What one process measured; peers print the same object.</summary>
/// <param name="Seconds">Time of each counted iteration.</param>
/// <param name="PeakBytes">Peak resident memory of the process, or of the device where it computes on one.</param>
/// <param name="Parts">Mean seconds of each part of an iteration; lanes that run side by side add up. Peers give none.</param>
internal sealed record StepMeasurement(double[] Seconds, long PeakBytes, IReadOnlyDictionary<string, double>? Parts = null)
{
    private static readonly JsonSerializerOptions Options = new(JsonSerializerDefaults.Web) { DefaultIgnoreCondition = JsonIgnoreCondition.WhenWritingNull };

    [JsonIgnore]
    public double Median => Seconds.Order().ElementAt(Seconds.Length / 2);

    public string ToJson() => JsonSerializer.Serialize(this, Options);

    /// <summary>Reads the last line of a process' output; null where it is something else.</summary>
    public static StepMeasurement? Parse(string line)
    {
        try
        {
            return JsonSerializer.Deserialize<StepMeasurement>(line, Options) is { Seconds.Length: > 0 } measured ? measured : null;
        }
        catch (JsonException)
        {
            return null;
        }
    }
}
