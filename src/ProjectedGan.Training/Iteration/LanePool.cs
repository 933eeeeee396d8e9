using System.Runtime.ExceptionServices;
using ProjectedGan.Tensors;

namespace ProjectedGan.Training.Iteration;

/// <summary>
/// Runs the replicas of a worker over its lanes: each lane has a thread, takes the next replica when it is free, and computes it with a
/// fixed number of threads, so that no bit depends on how many lanes there are. The first lane is the caller's own thread.
/// </summary>
internal sealed class LanePool : IDisposable
{
    private readonly IReadOnlyList<ReplicaLane> _lanes;
    private readonly int _threadsPerLane;
    private readonly List<Thread> _threads = [];
    private readonly Barrier _barrier;
    private readonly Lock _lock = new();
    private Action<ReplicaLane>? _work;
    private ExceptionDispatchInfo? _failure;

    /// <param name="lanes">At least one; the pool disposes them.</param>
    /// <param name="threadsPerLane">CPU threads that compute a replica.</param>
    public LanePool(IReadOnlyList<ReplicaLane> lanes, int threadsPerLane)
    {
        _lanes = lanes;
        _threadsPerLane = threadsPerLane;
        _barrier = new Barrier(lanes.Count);
        for (var i = 1; i < lanes.Count; i++)
        {
            var lane = lanes[i];
            var thread = new Thread(() => Serve(lane)) { IsBackground = true, Name = $"lane {i}" };
            thread.Start();
            _threads.Add(thread);
        }
    }

    public int Lanes => _lanes.Count;

    /// <summary>Lets every lane run <paramref name="work"/> and waits for all.</summary>
    /// <remarks>What a lane throws is thrown here, once all lanes have stopped.</remarks>
    public void Run(Action<ReplicaLane> work)
    {
        TorchRuntime.SetThreads(_threadsPerLane);
        _failure = null;
        _work = work;
        _barrier.SignalAndWait();
        Guarded(_lanes[0]);
        _barrier.SignalAndWait();
        _failure?.Throw();
    }

    public void Dispose()
    {
        _work = null;
        _barrier.SignalAndWait();
        foreach (var thread in _threads)
        {
            thread.Join();
        }
        _barrier.Dispose();
        foreach (var lane in _lanes)
        {
            lane.Dispose();
        }
    }

    private void Serve(ReplicaLane lane)
    {
        TorchRuntime.SetThreads(_threadsPerLane);
        while (true)
        {
            _barrier.SignalAndWait();
            if (_work is null)
            {
                return;
            }
            Guarded(lane);
            _barrier.SignalAndWait();
        }
    }

    private void Guarded(ReplicaLane lane)
    {
        try
        {
            _work!(lane);
        }
        catch (Exception error)
        {
            lock (_lock)
            {
                _failure ??= ExceptionDispatchInfo.Capture(error);
            }
        }
    }
}
