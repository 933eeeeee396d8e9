using Grpc.Core;
using Grpc.Net.Client;
using ProjectedGan.Cli.Local;
using ProjectedGan.Protocol.V1;

namespace ProjectedGan.Cli.Tests.Clusters;

/// <summary>A coordinator that can be killed and started again in place, and workers that come and go.</summary>
internal sealed class ChaosCluster : IAsyncDisposable
{
    private static readonly TimeSpan Patience = TimeSpan.FromMinutes(10);
    private static readonly TimeSpan Poll = TimeSpan.FromMilliseconds(100);
    private readonly string _folder;
    private readonly List<ChaosWorker> _workers = [];
    private LocalNode _coordinator;
    private int _started;

    private ChaosCluster(string folder, LocalNode coordinator)
    {
        _folder = folder;
        _coordinator = coordinator;
        Address = coordinator.Announced("listening on");
        Channel = GrpcChannel.ForAddress(Address);
    }

    public string Address { get; }

    public GrpcChannel Channel { get; }

    public Experiments.ExperimentsClient Experiments => new(Channel);

    public IReadOnlyList<ChaosWorker> Workers => _workers;

    public static async Task<ChaosCluster> StartAsync(string folder) => new(folder, await StartCoordinatorAsync(folder, "http://127.0.0.1:0"));

    /// <param name="sharesMemory">Whether it may share memory with its peers, past their links; null: two of three workers may.</param>
    public async Task<ChaosWorker> AddWorkerAsync(bool? sharesMemory = null)
    {
        using CancellationTokenSource patience = new(Patience);
        var worker = await ChaosWorker.StartAsync(_folder, _started, new Uri(Address).Port, sharesMemory ?? (_started % 3 > 0), patience.Token);
        _started++;
        _workers.Add(worker);
        return worker;
    }

    public async Task RemoveAsync(ChaosWorker worker)
    {
        _workers.Remove(worker);
        await worker.DisposeAsync();
    }

    public async Task RestartCoordinatorAsync()
    {
        _coordinator.Kill();
        await _coordinator.DisposeAsync();
        _coordinator = await StartCoordinatorAsync(_folder, Address);
    }

    /// <summary>Waits until an experiment is as wanted; fails at once where it has ended otherwise.</summary>
    /// <param name="id">The experiment.</param>
    /// <param name="what">What is waited for, for the message of a timeout.</param>
    /// <param name="isThere">Whether it is.</param>
    public async Task<Experiment> WaitAsync(string id, string what, Func<Experiment, bool> isThere)
    {
        using CancellationTokenSource patience = new(Patience);
        Experiment? last = null;
        while (!patience.IsCancellationRequested)
        {
            try
            {
                last = await Experiments.GetAsync(new GetRequest { Id = id }, cancellationToken: patience.Token);
                if (isThere(last))
                {
                    return last;
                }

                if (last.State is ExperimentState.Completed or ExperimentState.Failed or ExperimentState.Cancelled)
                {
                    throw new InvalidOperationException($"The experiment ended as {last.State} ({last.Reason}) while it was waited for {what}.\n{Describe()}");
                }
            }
            catch (RpcException error) when (error.StatusCode is StatusCode.Unavailable or StatusCode.Internal or StatusCode.Cancelled)
            {
                // The coordinator is being restarted.
            }

            await Task.Delay(Poll);
        }

        throw new TimeoutException($"Not within {Patience}: {what}. The experiment: {last}\n{Describe()}");
    }

    /// <summary>Waits for an event of an experiment; those of before count.</summary>
    /// <param name="id">The experiment.</param>
    /// <param name="what">What is waited for, for the message of a timeout.</param>
    /// <param name="isIt">Whether an event is it.</param>
    public async Task<Event> WaitForEventAsync(string id, string what, Predicate<Event> isIt)
    {
        using CancellationTokenSource patience = new(Patience);
        using var watch = Experiments.Watch(new WatchRequest { Id = id }, cancellationToken: patience.Token);
        try
        {
            while (await watch.ResponseStream.MoveNext(patience.Token))
            {
                if (isIt(watch.ResponseStream.Current))
                {
                    return watch.ResponseStream.Current;
                }
            }
        }
        catch (Exception error) when (patience.IsCancellationRequested && error is RpcException or OperationCanceledException)
        {
            throw new TimeoutException($"Not within {Patience}: {what}.\n{Describe()}");
        }

        throw new InvalidOperationException($"The experiment ended while it was waited for {what}.\n{Describe()}");
    }

    public async ValueTask DisposeAsync()
    {
        Channel.Dispose();
        foreach (var worker in _workers)
        {
            await worker.DisposeAsync();
        }

        await _coordinator.DisposeAsync();
    }

    // Short times, so that a test does not spend its minutes waiting for leases.
    private static async Task<LocalNode> StartCoordinatorAsync(string folder, string listen)
    {
        using CancellationTokenSource patience = new(Patience);
        return await LocalNode.StartAsync(
            "coordinator", Path.Combine(folder, "coordinator.log"), "metrics on",
            ["--data-dir", Path.Combine(folder, "data"), "--listen", listen, "--metrics-listen", "http://127.0.0.1:0", "--heartbeat", "500ms", "--lease", "3s"],
            niceness: 0, patience.Token);
    }

    private string Describe() => string.Join('\n', Directory.GetFiles(_folder, "*.log").Order().Select(file => $"== {Path.GetFileName(file)}\n{Tail(file)}"));

    private static string Tail(string file)
    {
        using FileStream stream = new(file, FileMode.Open, FileAccess.Read, FileShare.ReadWrite);
        using StreamReader reader = new(stream);
        return string.Join('\n', reader.ReadToEnd().Split('\n').TakeLast(25));
    }
}
