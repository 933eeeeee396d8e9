using ProjectedGan.Coordinator.Contracts;

namespace ProjectedGan.Coordinator.Services;

/// <summary>Follows an experiment's journal until nothing more can happen.</summary>
public sealed class ExperimentWatch(IGrainFactory grains, IExperimentJournal journal, string id)
{
    private const int EventsAtOnce = 200;

    /// <param name="after">The last event that the watcher knows.</param>
    /// <param name="send">Takes the next event.</param>
    /// <param name="cancellation">Ends the watch.</param>
    public async Task RunAsync(long after, Func<ExperimentEvent, Task> send, CancellationToken cancellation)
    {
        while (true)
        {
            // Asked before the events are read: what happens between the two is seen in the next round.
            var isOver = await IsOverAsync();
            var events = await journal.ReadAsync(id, after, EventsAtOnce, cancellation);
            foreach (var record in events)
            {
                await send(record);
                after = record.Sequence;
            }

            if (events.IsEmpty && isOver)
            {
                return;
            }

            if (events.IsEmpty)
            {
                await journal.WaitAsync(id, after, cancellation);
            }
        }
    }

    private async Task<bool> IsOverAsync()
    {
        var view = await grains.GetGrain<IExperimentGrain>(id).GetAsync();
        if (view.State is not (ExperimentState.Completed or ExperimentState.Cancelled or ExperimentState.Failed))
        {
            return false;
        }

        if (!view.Snapshots.Any(snapshot => snapshot.Evaluation is EvaluationState.Queued or EvaluationState.Running))
        {
            return true;
        }

        // The last evaluations are waited for where somebody makes them.
        var queue = await grains.GetGrain<IEvaluationQueueGrain>(GrainNames.Single).DescribeAsync();
        return queue.Evaluators.All(evaluator => evaluator.State == "lost");
    }
}
