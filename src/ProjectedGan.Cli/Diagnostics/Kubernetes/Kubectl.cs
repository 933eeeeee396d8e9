using System.ComponentModel;
using System.Diagnostics;
using System.Text;
using System.Text.Json;
using ProjectedGan.Cli.Diagnostics.Kubernetes.Objects;

namespace ProjectedGan.Cli.Diagnostics.Kubernetes;

/// <summary>The user's own kubectl, with the user's contexts and credentials. Calls may run at the same time.</summary>
/// <param name="program">Its file.</param>
/// <param name="context">A context of the kubeconfig; null takes the current one.</param>
internal sealed class Kubectl(string program, string? context)
{
    // An API server that is out of reach must not hold the report up for kubectl's own minutes.
    private const string RequestTimeout = "15s";

    private static readonly JsonSerializerOptions Json = new(JsonSerializerDefaults.Web);

    /// <summary>Runs a command that prints one JSON object.</summary>
    public async Task<KubectlAnswer<T>> AskAsync<T>(CancellationToken cancellation, params string[] arguments)
        where T : class
    {
        var printed = await RunAsync("", arguments, cancellation);
        return Read(printed, text => JsonSerializer.Deserialize<T>(text, Json));
    }

    /// <summary>Lists objects.</summary>
    public async Task<KubectlAnswer<IReadOnlyList<T>>> ListAsync<T>(CancellationToken cancellation, params string[] arguments)
    {
        var list = await AskAsync<ObjectList<T>>(cancellation, ["get", .. arguments, "--output", "json"]);
        return new KubectlAnswer<IReadOnlyList<T>>(list.Error is null ? list.Value?.Items ?? [] : null, list.Error);
    }

    /// <summary>Creates objects that the server answers without keeping them, such as access reviews.</summary>
    public async Task<KubectlAnswer<IReadOnlyList<T>>> ReviewAsync<T>(object list, CancellationToken cancellation)
    {
        var printed = await RunAsync(JsonSerializer.Serialize(list, Json), ["create", "--filename", "-", "--validate=false", "--output", "json"], cancellation);
        return Read<IReadOnlyList<T>>(printed, text =>
        {
            // One object behind the other.
            Utf8JsonReader reader = new(Encoding.UTF8.GetBytes(text), new JsonReaderOptions { AllowMultipleValues = true });
            List<T> values = [];
            while (reader.Read())
            {
                values.Add(JsonSerializer.Deserialize<T>(ref reader, Json)!);
            }

            return values;
        });
    }

    /// <summary>Runs a command that prints text.</summary>
    public Task<KubectlAnswer<string>> TextAsync(CancellationToken cancellation, params string[] arguments) => RunAsync("", arguments, cancellation);

    private static KubectlAnswer<T> Read<T>(KubectlAnswer<string> printed, Func<string, T?> parse)
        where T : class
    {
        if (printed.Error is not null)
        {
            return new KubectlAnswer<T>(null, printed.Error);
        }

        try
        {
            return new KubectlAnswer<T>(parse(printed.Value!), null);
        }
        catch (JsonException exception)
        {
            return new KubectlAnswer<T>(null, $"kubectl printed something else than JSON ({exception.Message})");
        }
    }

    private async Task<KubectlAnswer<string>> RunAsync(string input, string[] arguments, CancellationToken cancellation)
    {
        string[] chosen = context is null ? [] : ["--context", context];
        ProcessStartInfo start = new(program, [.. arguments, .. chosen, "--request-timeout", RequestTimeout])
        {
            RedirectStandardInput = true, RedirectStandardOutput = true, RedirectStandardError = true,
        };
        try
        {
            using var process = Process.Start(start)!;
            await using var stop = cancellation.Register(() => process.Kill(entireProcessTree: true));
            Task<string> output = process.StandardOutput.ReadToEndAsync(CancellationToken.None), errors = process.StandardError.ReadToEndAsync(CancellationToken.None);
            await process.StandardInput.WriteAsync(input);
            process.StandardInput.Close();
            await process.WaitForExitAsync(CancellationToken.None);
            cancellation.ThrowIfCancellationRequested();
            return process.ExitCode == 0 ? new KubectlAnswer<string>(await output, null) : new KubectlAnswer<string>(null, Reason(await errors, process.ExitCode));
        }
        catch (Win32Exception exception)
        {
            return new KubectlAnswer<string>(null, $"{program} cannot be started: {exception.Message}");
        }
    }

    // Above its last line kubectl repeats what each attempt of its cache met.
    private static string Reason(string errors, int code) =>
        errors.Split('\n', StringSplitOptions.RemoveEmptyEntries | StringSplitOptions.TrimEntries).LastOrDefault() ?? $"kubectl ended with {code}";
}

/// <summary>What kubectl answered: objects, or its own words why not.</summary>
internal sealed record KubectlAnswer<T>(T? Value, string? Error)
    where T : class
{
    /// <summary>The caller is known, and may not ask this.</summary>
    public bool IsForbidden => Error?.Contains("(Forbidden)", StringComparison.Ordinal) == true;
}

/// <summary>What to look at.</summary>
/// <param name="Namespace">Null takes the context's.</param>
/// <param name="Context">A context of the kubeconfig; null takes the current one.</param>
/// <param name="Release">A Helm release; null takes every release of the chart in the namespace.</param>
/// <param name="Values">Files of the chart's values; later ones win.</param>
internal sealed record ClusterTarget(string? Namespace, string? Context, string? Release, IReadOnlyList<string> Values);
