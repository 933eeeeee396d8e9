using System.Diagnostics;

namespace ProjectedGan.Testing.Prometheus;

/// <summary>Prometheus' own checker.</summary>
public static class Promtool
{
    private static readonly TimeSpan Patience = TimeSpan.FromMinutes(1);

    /// <summary>What <c>promtool check metrics</c> has to say against a text-format exposition; empty where it finds nothing.</summary>
    public static async Task<string> CheckMetricsAsync(string exposition)
    {
        ProcessStartInfo start = new("promtool", ["check", "metrics"])
        {
            RedirectStandardInput = true,
            RedirectStandardOutput = true,
            RedirectStandardError = true,
        };
        using Process process = PrometheusPackage.Start(start);
        using CancellationTokenSource deadline = new(Patience);
        try
        {
            Task<string> output = process.StandardOutput.ReadToEndAsync(deadline.Token);
            Task<string> errors = process.StandardError.ReadToEndAsync(deadline.Token);
            await process.StandardInput.WriteAsync(exposition.AsMemory(), deadline.Token);
            process.StandardInput.Close();
            await process.WaitForExitAsync(deadline.Token);
            string complaints = (await output + await errors).Trim();
            return process.ExitCode == 0 || complaints.Length > 0 ? complaints : $"promtool ended with {process.ExitCode}.";
        }
        catch (OperationCanceledException)
        {
            process.Kill(entireProcessTree: true);
            throw new TimeoutException($"promtool check metrics did not end within {Patience}.");
        }
    }
}
