using System.Diagnostics;
using System.Globalization;
using System.Net;
using System.Text;
using System.Text.Json;
using System.Text.RegularExpressions;

namespace ProjectedGan.Testing.Prometheus;

/// <summary>A real Prometheus that scrapes the targets it is given, five times a second. It ends with the test.</summary>
public sealed partial class PrometheusServer : IAsyncDisposable
{
    private static readonly TimeSpan Patience = TimeSpan.FromMinutes(1);
    private static readonly TimeSpan PollInterval = TimeSpan.FromMilliseconds(100);
    private readonly TaskCompletionSource<Uri> _listening = new(TaskCreationOptions.RunContinuationsAsynchronously);
    private readonly StringBuilder _log = new();
    private readonly DirectoryInfo _folder;
    private readonly Process _process;
    private readonly HttpClient _client = new();

    private PrometheusServer(DirectoryInfo folder, string configuration)
    {
        _folder = folder;
        ProcessStartInfo start = new("prometheus")
        {
            ArgumentList =
            {
                $"--config.file={configuration}", $"--storage.tsdb.path={Path.Combine(folder.FullName, "data")}", "--web.listen-address=127.0.0.1:0", "--log.level=info",
                // Samples that a test made may be of any time.
                "--storage.tsdb.retention.time=100y",
            },
            RedirectStandardOutput = true,
            RedirectStandardError = true,
        };
        _process = PrometheusPackage.Start(start);
        _process.OutputDataReceived += OnLine;
        _process.ErrorDataReceived += OnLine;
        _process.BeginOutputReadLine();
        _process.BeginErrorReadLine();
    }

    /// <summary>Starts the server and waits until it listens.</summary>
    /// <param name="targets">Job name and base address of each target; its path is <c>/metrics</c>.</param>
    public static Task<PrometheusServer> StartAsync(params (string Job, Uri Address)[] targets) => StartAsync(ruleFile: null, targets);

    /// <summary>A server that evaluates a file of rules as well, once a second.</summary>
    public static Task<PrometheusServer> StartAsync(string? ruleFile, params (string Job, Uri Address)[] targets) =>
        StartAsync(Directory.CreateTempSubdirectory("pgan-prometheus-"), ruleFile, targets);

    /// <summary>A server that scrapes nothing, over samples with timestamps in the OpenMetrics format.</summary>
    public static async Task<PrometheusServer> OverAsync(string samples)
    {
        var folder = Directory.CreateTempSubdirectory("pgan-prometheus-");
        var file = Path.Combine(folder.FullName, "samples.txt");
        await File.WriteAllTextAsync(file, samples);
        await Promtool.CreateBlocksAsync(file, Path.Combine(folder.FullName, "data"));
        return await StartAsync(folder, ruleFile: null, []);
    }

    private static async Task<PrometheusServer> StartAsync(DirectoryInfo folder, string? ruleFile, (string Job, Uri Address)[] targets)
    {
        StringBuilder configuration = new("global:\n  scrape_interval: 200ms\n  scrape_timeout: 200ms\n  evaluation_interval: 1s\n");
        if (ruleFile is not null)
        {
            configuration.Append(CultureInfo.InvariantCulture, $"rule_files: ['{ruleFile}']\n");
        }

        configuration.Append("scrape_configs:\n");
        foreach ((var job, var address) in targets)
        {
            configuration.Append(CultureInfo.InvariantCulture, $"  - job_name: {job}\n    static_configs:\n      - targets: ['{address.Authority}']\n");
        }

        var file = Path.Combine(folder.FullName, "prometheus.yml");
        await File.WriteAllTextAsync(file, configuration.ToString());
        PrometheusServer server = new(folder, file);
        try
        {
            server._client.BaseAddress = await server._listening.Task.WaitAsync(Patience);
            return server;
        }
        catch (TimeoutException)
        {
            await server.DisposeAsync();
            throw new TimeoutException($"Prometheus did not say within {Patience} where it listens. Its log:\n{server.Log()}");
        }
    }

    /// <summary>Waits until an instant query gives something, and gives its value for each label set.</summary>
    public async Task<IReadOnlyList<(IReadOnlyDictionary<string, string> Labels, double Value)>> QueryAsync(string query)
    {
        using CancellationTokenSource deadline = new(Patience);
        while (true)
        {
            try
            {
                var found = await AskAsync(query, deadline.Token);
                if (found.Count > 0)
                {
                    return found;
                }

                await Task.Delay(PollInterval, deadline.Token);
            }
            catch (OperationCanceledException)
            {
                throw new TimeoutException($"Prometheus had no answer to '{query}' within {Patience}. Its log:\n{Log()}");
            }
        }
    }

    /// <summary>Whether an instant query gives something now.</summary>
    public async Task<bool> HasDataAsync(string query) =>
        (await AskApiAsync($"api/v1/query?query={Uri.EscapeDataString(query)}")).GetProperty("result").GetArrayLength() > 0;

    /// <summary>Asks the API, once the server is ready, and gives <c>data</c> of its answer.</summary>
    /// <exception cref="InvalidOperationException">Prometheus refused, for example an expression that does not parse.</exception>
    public async Task<JsonElement> AskApiAsync(string pathAndQuery)
    {
        using CancellationTokenSource deadline = new(Patience);
        try
        {
            while (true)
            {
                using var response = await _client.GetAsync(new Uri(pathAndQuery, UriKind.Relative), deadline.Token);
                var text = await response.Content.ReadAsStringAsync(deadline.Token);
                if (response.IsSuccessStatusCode)
                {
                    using var answer = JsonDocument.Parse(text);
                    return answer.RootElement.GetProperty("data").Clone();
                }

                if (response.StatusCode != HttpStatusCode.ServiceUnavailable)
                {
                    throw new InvalidOperationException($"Prometheus refused '{Uri.UnescapeDataString(pathAndQuery)}': {text}");
                }

                await Task.Delay(PollInterval, deadline.Token);
            }
        }
        catch (OperationCanceledException)
        {
            throw new TimeoutException($"Prometheus did not answer '{pathAndQuery}' within {Patience}. Its log:\n{Log()}");
        }
    }

    public async ValueTask DisposeAsync()
    {
        if (!_process.HasExited)
        {
            _process.Kill(entireProcessTree: true);
        }

        await _process.WaitForExitAsync();
        _process.Dispose();
        _client.Dispose();
        _folder.Delete(recursive: true);
    }

    private async Task<List<(IReadOnlyDictionary<string, string> Labels, double Value)>> AskAsync(string query, CancellationToken cancellationToken)
    {
        // While it starts, the server answers 503.
        using var response = await _client.GetAsync(new Uri($"api/v1/query?query={Uri.EscapeDataString(query)}", UriKind.Relative), cancellationToken);
        if (!response.IsSuccessStatusCode)
        {
            return [];
        }

        using var answer = JsonDocument.Parse(await response.Content.ReadAsStringAsync(cancellationToken));
        return [.. answer.RootElement.GetProperty("data").GetProperty("result").EnumerateArray().Select(Sample)];
    }

    private static (IReadOnlyDictionary<string, string> Labels, double Value) Sample(JsonElement sample) => (
        sample.GetProperty("metric").EnumerateObject().ToDictionary(label => label.Name, label => label.Value.GetString()!),
        double.Parse(sample.GetProperty("value")[1].GetString()!, CultureInfo.InvariantCulture));

    private string Log()
    {
        lock (_log)
        {
            return _log.ToString();
        }
    }

    private void OnLine(object sender, DataReceivedEventArgs line)
    {
        lock (_log)
        {
            _log.AppendLine(line.Data);
        }

        if (line.Data is { } text && Announcement().Match(text) is { Success: true } found)
        {
            _listening.TrySetResult(new Uri($"http://{found.Groups[1].Value}/"));
        }
    }

    [GeneratedRegex("\"?Listening on\"? address=(127\\.0\\.0\\.1:[1-9][0-9]*)")]
    private static partial Regex Announcement();
}
