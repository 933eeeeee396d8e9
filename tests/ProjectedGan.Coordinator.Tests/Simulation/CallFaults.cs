using System.Collections.Concurrent;
using ProjectedGan.Coordinator.Contracts;

namespace ProjectedGan.Coordinator.Tests.Simulation;

/// <summary>Workers' grains that do not answer the coordinator's other grains, as those of a machine that was cut off.</summary>
internal sealed class CallFaults
{
    private readonly ConcurrentDictionary<string, TaskCompletionSource?> _silent = new(StringComparer.Ordinal);

    /// <summary>Calls about what it does and should do fail.</summary>
    public void Refuse(string worker) => _silent[worker] = null;

    /// <summary>They are not answered until <see cref="Answer"/>.</summary>
    public void Silence(string worker) => _silent[worker] = new TaskCompletionSource(TaskCreationOptions.RunContinuationsAsynchronously);

    public void Answer(string worker)
    {
        if (_silent.TryRemove(worker, out var waiting))
        {
            waiting?.SetResult();
        }
    }

    internal sealed class Filter(CallFaults faults) : IIncomingGrainCallFilter
    {
        public async Task Invoke(IIncomingGrainCallContext context)
        {
            if (context.MethodName is nameof(IWorkerGrain.ObserveAsync) or nameof(IWorkerGrain.AssignAsync) or nameof(IWorkerGrain.ReleaseAsync)
                && context.Grain is IWorkerGrain && faults._silent.TryGetValue(context.TargetId.Key.ToString()!, out var waiting))
            {
                await (waiting?.Task ?? throw new TimeoutException("The machine was cut off by a test."));
            }

            await context.Invoke();
        }
    }
}
