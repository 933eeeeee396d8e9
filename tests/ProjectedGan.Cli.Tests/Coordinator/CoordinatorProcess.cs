using Grpc.Net.Client;
using ProjectedGan.Cli.Tests.Hosting;
using ProjectedGan.Cli.Tests.Processes;
using ProjectedGan.Hosting.Security;
using ProjectedGan.Protocol.V1;

namespace ProjectedGan.Cli.Tests.Coordinator;

/// <summary>A real coordinator on a port that the system chose. It dies with the test.</summary>
internal sealed class CoordinatorProcess : IAsyncDisposable
{
    private readonly PganProcess _process;
    private readonly List<GrpcChannel> _channels = [];

    private CoordinatorProcess(PganProcess process, Uri address)
    {
        _process = process;
        Address = address;
    }

    public Uri Address { get; }

    public string Log => $"{_process.Output}\n{_process.Errors}";

    /// <summary>What it logged as an error so far.</summary>
    public IEnumerable<string> Errors => Log.Split('\n').Where(line => line.Contains(" fail: ", StringComparison.Ordinal) || line.Contains(" crit: ", StringComparison.Ordinal));

    public bool HasExited => _process.HasExited;

    public int Id => _process.Id;

    public Uri Metrics => new(Announced(_process, "metrics on ")!);

    public Experiments.ExperimentsClient Experiments => new(Connect());

    public static Task<CoordinatorProcess> StartAsync(TemporaryFolder home, params string[] arguments) => StartAsync(home, new Dictionary<string, string>(), arguments);

    public static async Task<CoordinatorProcess> StartAsync(TemporaryFolder home, IReadOnlyDictionary<string, string> environment, params string[] arguments)
    {
        string[] data = arguments.Contains("--data-dir") ? [] : ["--data-dir", home.At("data")];
        var scheme = arguments.Contains("--tls-cert") ? "https" : "http";
        string[] listen = arguments.Contains("--listen") ? [] : ["--listen", $"{scheme}://127.0.0.1:0"];
        string[] metrics = arguments.Contains("--metrics-listen") ? [] : ["--metrics-listen", "http://127.0.0.1:0"];
        var process = PganProcess.Start(home.Path, environment, ["coordinator", .. data, .. listen, .. metrics, .. arguments]);
        await Eventually.HoldsAsync("the coordinator listens", () =>
        {
            Assert.False(process.HasExited, $"The coordinator ended: {process.Output}\n{process.Errors}");
            return Announced(process, "metrics on ") is not null;
        });
        CoordinatorProcess coordinator = new(process, new Uri(Announced(process, "listening on ")!));
        return coordinator;
    }

    public GrpcChannel Connect(TransportOptions? transport = null)
    {
        var channel = NodeChannel.Open(Address, RunningServer.Identity(transport ?? new TransportOptions()));
        _channels.Add(channel);
        return channel;
    }

    /// <summary>kill -9.</summary>
    public async Task KillAsync()
    {
        _process.Kill();
        await _process.WaitAsync();
    }

    /// <summary>Ctrl-C.</summary>
    public async Task<PganResult> StopAsync()
    {
        _process.Interrupt();
        return await _process.WaitAsync();
    }

    public ValueTask DisposeAsync()
    {
        _channels.ForEach(channel => channel.Dispose());
        _process.Dispose();
        return ValueTask.CompletedTask;
    }

    private static string? Announced(PganProcess process, string beginning) =>
        process.Output.Split('\n').FirstOrDefault(line => line.StartsWith(beginning, StringComparison.Ordinal))?[beginning.Length..].Trim();
}
