using System.Collections.Concurrent;
using Grpc.Core;
using ProjectedGan.Hosting.Serving;
using ProjectedGan.Protocol.V1;

namespace ProjectedGan.Cli.Benchmarks;

/// <summary>A worker that trains nothing: it registers, sends heartbeats and says that it does whatever it is assigned.</summary>
/// <param name="client">The coordinator.</param>
/// <param name="number">Tells workers apart.</param>
/// <param name="latencies">Takes the seconds from each heartbeat to its answer.</param>
internal sealed class SimulatedWorker(Cluster.ClusterClient client, int number, ConcurrentBag<double> latencies)
{
    private readonly ConcurrentQueue<long> _written = new();
    private readonly Lock _lock = new();
    private WorkerStatus _status = new() { Phase = WorkerPhase.Idle, Iteration = -1 };

    /// <summary>Whether it holds a run.</summary>
    public bool IsAssigned
    {
        get
        {
            lock (_lock)
            {
                return _status.Phase == WorkerPhase.Training;
            }
        }
    }

    public async Task RunAsync(CancellationToken stop)
    {
        using var call = client.Work(cancellationToken: stop);
        RegisterWorker registration = new()
        {
            Protocol = (int)ProtocolVersion.Current,
            Version = ProductVersion.Full,
            Arithmetic = "simulated",
            Id = $"simulated-{number:d4}",
            Name = $"simulated-{number:d4}",
            DeviceKind = "cpu",
            Device = "none",
            Address = $"http://127.0.0.1:{1 + number}",
        };
        await call.RequestStream.WriteAsync(new WorkerMessage { Register = registration }, stop);
        using SemaphoreSlim changed = new(0);
        var reading = ReadAsync(call.ResponseStream, changed, stop);
        var heartbeat = TimeSpan.FromSeconds(1);
        while (!reading.IsCompleted)
        {
            WorkerStatus status;
            lock (_lock)
            {
                status = _status.Clone();
            }

            _written.Enqueue(TimeProvider.System.GetTimestamp());
            await call.RequestStream.WriteAsync(new WorkerMessage { Status = status }, stop);
            await changed.WaitAsync(heartbeat, stop);
        }

        await reading;
    }

    private async Task ReadAsync(IAsyncStreamReader<WorkerCommand> commands, SemaphoreSlim changed, CancellationToken stop)
    {
        while (await commands.MoveNext(stop))
        {
            if (commands.Current.Ack is not null && _written.TryDequeue(out var written))
            {
                latencies.Add(TimeProvider.System.GetElapsedTime(written).TotalSeconds);
            }
            else if (commands.Current.Assignment is { } assignment)
            {
                Obey(assignment);
                changed.Release();
            }
        }
    }

    private void Obey(Assignment assignment)
    {
        lock (_lock)
        {
            _status = new WorkerStatus
            {
                Phase = assignment.Mode switch
                {
                    AssignmentMode.Warm => WorkerPhase.Warm,
                    AssignmentMode.Hold or AssignmentMode.Pause => WorkerPhase.Held,
                    AssignmentMode.Train => WorkerPhase.Training,
                    _ => WorkerPhase.Idle,
                },
                Run = assignment.Run?.Id ?? "",
                Epoch = assignment.Epoch,
                Assignment = assignment.Version,
                Iteration = assignment.Mode == AssignmentMode.Idle ? -1 : 0,
            };
        }
    }
}
