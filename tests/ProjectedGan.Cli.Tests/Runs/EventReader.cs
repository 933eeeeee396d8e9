using System.Diagnostics;
using System.Text.Json;
using ProjectedGan.Testing;

namespace ProjectedGan.Cli.Tests.Runs;

/// <summary>Reads event files by a Python that knows the format and not this project.</summary>
internal static class EventReader
{
    private static readonly Lazy<string> Python = new(() => PythonInterpreter.With("google.protobuf", "python3-protobuf"));

    /// <summary>What TensorBoard would show of a folder, as read_events.py prints it.</summary>
    public static JsonElement Read(string folder)
    {
        ProcessStartInfo start = new(Python.Value, [PythonInterpreter.Script("read_events.py"), folder])
        {
            RedirectStandardOutput = true,
            RedirectStandardError = true,
        };
        start.Environment["PYTHONDONTWRITEBYTECODE"] = "1";
        using var process = Process.Start(start)!;
        var errors = process.StandardError.ReadToEndAsync();
        var output = process.StandardOutput.ReadToEnd();
        process.WaitForExit();
        Assert.True(process.ExitCode == 0, errors.GetAwaiter().GetResult());
        // Python writes what is no number as JSON does not know it.
        return JsonElement.Parse(output.Replace(": NaN", ": \"NaN\"", StringComparison.Ordinal));
    }

    /// <summary>Of each figure its steps and values, in order.</summary>
    public static Dictionary<string, List<(long Step, double Value)>> Figures(JsonElement read) => read.GetProperty("events").EnumerateArray()
        .SelectMany(happened => happened.GetProperty("figures").EnumerateObject().Select(figure => (
            figure.Name, Step: happened.GetProperty("step").GetInt64(), Value: figure.Value.ValueKind == JsonValueKind.String ? double.NaN : figure.Value.GetDouble())))
        .GroupBy(figure => figure.Name).ToDictionary(group => group.Key, group => group.Select(figure => (figure.Step, figure.Value)).ToList());

    /// <summary>The sheets of a name: steps, width, height and colour space, and the files.</summary>
    public static List<(long Step, int[] Size, byte[] Png)> Sheets(JsonElement read, string name) => [.. read.GetProperty("events").EnumerateArray()
        .Where(happened => happened.GetProperty("sheets").TryGetProperty(name, out _))
        .Select(happened => (happened.GetProperty("step").GetInt64(), happened.GetProperty("sheets").GetProperty(name)))
        .Select(sheet => (sheet.Item1, sheet.Item2.EnumerateArray().Take(3).Select(number => number.GetInt32()).ToArray(), sheet.Item2[3].GetBytesFromBase64()))];
}
