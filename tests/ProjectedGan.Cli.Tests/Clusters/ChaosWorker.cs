using System.Diagnostics;
using ProjectedGan.Cli.Local;

namespace ProjectedGan.Cli.Tests.Clusters;

/// <summary>A worker process whose links to the coordinator and to its peers can be cut.</summary>
internal sealed class ChaosWorker : IAsyncDisposable
{
    private readonly CuttableProxy _toCoordinator;
    private readonly CuttableProxy _toPeers = new();
    private LocalNode? _node;

    private ChaosWorker(int coordinatorPort) => _toCoordinator = new CuttableProxy(coordinatorPort);

    public CuttableProxy ToCoordinator => _toCoordinator;

    public CuttableProxy ToPeers => _toPeers;

    public string Id => _node!.Announced("worker");

    public Uri Metrics => new(new Uri(_node!.Announced("metrics on")), "/metrics");

    public bool IsFrozen { get; private set; }

    public static async Task<ChaosWorker> StartAsync(string folder, int number, int coordinatorPort, bool sharesMemory, CancellationToken cancellation)
    {
        ChaosWorker worker = new(coordinatorPort);
        worker._node = await LocalNode.StartAsync(
            "worker", Path.Combine(folder, $"worker-{number}.log"), "metrics on",
            [
                "--coordinator", worker._toCoordinator.Address, "--advertise", worker._toPeers.Address, "--lanes", "1", "--name", $"w{number}",
                "--cache", Path.Combine(folder, $"cache-{number}"), "--image-ledger", Path.Combine(folder, $"ledger-{number}.jsonl"), .. sharesMemory ? Array.Empty<string>() : ["--no-shared-memory"],
            ],
            niceness: 0, cancellation);
        worker._toPeers.TargetPort = new Uri(worker._node.Announced("peers on")).Port;
        return worker;
    }

    public void Kill() => _node!.Kill();

    public void Freeze()
    {
        Signal("STOP");
        IsFrozen = true;
    }

    public void Thaw()
    {
        Signal("CONT");
        IsFrozen = false;
    }

    /// <summary>Leaves in good order.</summary>
    public async ValueTask DisposeAsync()
    {
        if (IsFrozen && !_node!.HasExited)
        {
            Thaw();
        }

        await _node!.DisposeAsync();
        await _toCoordinator.DisposeAsync();
        await _toPeers.DisposeAsync();
    }

    private void Signal(string name)
    {
        using var kill = Process.Start("kill", [$"-{name}", $"{_node!.ProcessId}"])!;
        kill.WaitForExit();
    }
}
