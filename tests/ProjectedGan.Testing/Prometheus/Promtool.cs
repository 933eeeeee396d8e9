using System.Diagnostics;

namespace ProjectedGan.Testing.Prometheus;

/// <summary>Prometheus' own checker.</summary>
public static class Promtool
{
    private static readonly TimeSpan Patience = TimeSpan.FromMinutes(1);

    /// <summary>What <c>promtool check metrics</c> has to say against a text-format exposition; empty where it finds nothing.</summary>
    public static async Task<string> CheckMetricsAsync(string exposition)
    {
        (var code, var output) = await RunAsync(exposition, "check", "metrics");
        return code == 0 || output.Length > 0 ? output : $"promtool ended with {code}.";
    }

    /// <summary>Writes a database of samples with timestamps, in the OpenMetrics format.</summary>
    /// <exception cref="InvalidOperationException">promtool refused them.</exception>
    public static async Task CreateBlocksAsync(string samplesFile, string databaseFolder)
    {
        (var code, var output) = await RunAsync("", "tsdb", "create-blocks-from", "openmetrics", samplesFile, databaseFolder);
        if (code != 0)
        {
            throw new InvalidOperationException($"promtool made no blocks of the samples: {output}");
        }
    }

    private static async Task<(int Code, string Output)> RunAsync(string input, params string[] arguments)
    {
        ProcessStartInfo start = new("promtool", arguments)
        {
            RedirectStandardInput = true,
            RedirectStandardOutput = true,
            RedirectStandardError = true,
        };
        using var process = PrometheusPackage.Start(start);
        using CancellationTokenSource deadline = new(Patience);
        try
        {
            var output = process.StandardOutput.ReadToEndAsync(deadline.Token);
            var errors = process.StandardError.ReadToEndAsync(deadline.Token);
            await process.StandardInput.WriteAsync(input.AsMemory(), deadline.Token);
            process.StandardInput.Close();
            await process.WaitForExitAsync(deadline.Token);
            return (process.ExitCode, (await output + await errors).Trim());
        }
        catch (OperationCanceledException)
        {
            process.Kill(entireProcessTree: true);
            throw new TimeoutException($"promtool {string.Join(' ', arguments)} did not end within {Patience}.");
        }
    }
}
