using Grpc.Net.Client;
using Microsoft.Extensions.Logging.Abstractions;
using ProjectedGan.Foundation;
using ProjectedGan.Hosting.Security;
using ProjectedGan.Protocol.V1;

namespace ProjectedGan.Cli.Local;

/// <summary>A coordinator, workers and evaluators as processes of this machine, on the loopback interface. Disposing it stops them.</summary>
internal sealed class LocalCluster : IAsyncDisposable
{
    private const string MetricsAnnouncement = "metrics on";

    // About a tenth of what a thread of a worker gets of a processor that both want.
    private const int EvaluatorNiceness = 10;

    private static readonly TimeSpan RegistrationPoll = TimeSpan.FromMilliseconds(100);
    private readonly LocalClusterOptions _options;
    private readonly List<LocalNode> _workers = [];
    private readonly List<LocalNode> _evaluators = [];
    private readonly TransportIdentity _identity = new(new TransportOptions(), TimeProvider.System, NullLogger.Instance);
    private LocalNode? _coordinator;
    private GrpcChannel? _channel;

    private LocalCluster(LocalClusterOptions options) => _options = options;

    public IReadOnlyList<LocalNode> Workers => _workers;

    public IReadOnlyList<LocalNode> Evaluators => _evaluators;

    /// <summary>Where each node shows its metrics, under <c>coordinator</c>, <c>worker-0</c>, <c>evaluator-0</c> and so on.</summary>
    public IReadOnlyDictionary<string, Uri> MetricsAddresses =>
        _workers.Select((node, index) => (Name: $"worker-{index}", Node: node))
            .Concat(_evaluators.Select((node, index) => (Name: $"evaluator-{index}", Node: node)))
            .Prepend((Name: "coordinator", Node: _coordinator!))
            .ToDictionary(entry => entry.Name, entry => new Uri(entry.Node.Announced(MetricsAnnouncement)));

    /// <summary>The coordinator's address.</summary>
    public Uri Address => new(_coordinator!.Announced("listening on"));

    /// <summary>Where a browser finds the web page.</summary>
    public Uri Page => new(_coordinator!.Announced("web page on"));

    public int CoordinatorProcessId => _coordinator!.ProcessId;

    public GrpcChannel Channel => _channel!;

    public Experiments.ExperimentsClient Experiments => new(Channel);

    /// <summary>Starts everything and waits until all are ready to be called.</summary>
    /// <exception cref="PganException">A process ended at once.</exception>
    public static async Task<LocalCluster> StartAsync(LocalClusterOptions options, CancellationToken cancellation)
    {
        Directory.CreateDirectory(options.Folder);
        LocalCluster cluster = new(options);
        try
        {
            cluster._coordinator = await LocalNode.StartAsync(
                "coordinator", Path.Combine(options.Folder, "coordinator.log"), MetricsAnnouncement,
                ["--data-dir", Path.Combine(options.Folder, "data"), "--listen", "http://127.0.0.1:0", "--metrics-listen", "http://127.0.0.1:0"], niceness: 0, cancellation);
            cluster._channel = NodeChannel.Open(cluster.Address, cluster._identity);
            for (var worker = 0; worker < options.Workers; worker++)
            {
                await cluster.AddWorkerAsync(cancellation);
            }
            for (var evaluator = 0; evaluator < options.Evaluators; evaluator++)
            {
                await cluster.AddEvaluatorAsync(cancellation);
            }
            return cluster;
        }
        catch
        {
            await cluster.DisposeAsync();
            throw;
        }
    }

    /// <summary>Starts one more worker.</summary>
    public async Task<LocalNode> AddWorkerAsync(CancellationToken cancellation)
    {
        List<string> arguments = [.. NodeArguments(), "--lanes", $"{_options.LanesPerWorker}"];
        var worker = await LocalNode.StartAsync(
            "worker", Path.Combine(_options.Folder, $"worker-{_workers.Count}.log"), MetricsAnnouncement, arguments, niceness: 0, cancellation);
        _workers.Add(worker);
        return worker;
    }

    // The processors are the workers': a thread of low priority does not keep them, while several would wait for each other, spinning.
    private async Task AddEvaluatorAsync(CancellationToken cancellation)
    {
        var evaluator = await LocalNode.StartAsync(
            "evaluator", Path.Combine(_options.Folder, $"evaluator-{_evaluators.Count}.log"), MetricsAnnouncement, [.. NodeArguments(), "--threads", "1"], EvaluatorNiceness, cancellation);
        _evaluators.Add(evaluator);
    }

    /// <summary>Waits until so many workers have registered, so that an experiment starts with all of them.</summary>
    public async Task WaitForNodesAsync(int workers, CancellationToken cancellation)
    {
        while ((await Experiments.ListNodesAsync(new ListNodesRequest(), cancellationToken: cancellation)).Nodes.Count(node => node.Role == "worker") < workers)
        {
            await Task.Delay(RegistrationPoll, TimeProvider.System, cancellation);
        }
    }

    public async ValueTask DisposeAsync()
    {
        _channel?.Dispose();
        await Task.WhenAll(_workers.Concat(_evaluators).Select(node => node.DisposeAsync().AsTask()));
        if (_coordinator is not null)
        {
            await _coordinator.DisposeAsync();
        }
    }

    private IEnumerable<string> NodeArguments() =>
        ["--coordinator", Address.GetLeftPart(UriPartial.Authority), "--device", _options.Device, "--cache", Path.Combine(_options.Folder, "cache")];
}

/// <summary>What a cluster on this machine consists of.</summary>
internal sealed record LocalClusterOptions
{
    /// <summary>Where the coordinator's data, the nodes' cache and the logs lie; a later cluster in the same folder goes on where this one stopped.</summary>
    public required string Folder { get; init; }

    public int Workers { get; init; } = 2;

    public int Evaluators { get; init; }

    /// <summary>The device of workers and evaluators.</summary>
    public string Device { get; init; } = "cpu";

    /// <summary>Replicas that a worker computes side by side; 0 for as many as there are processors.</summary>
    public int LanesPerWorker { get; init; }
}
