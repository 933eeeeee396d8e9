namespace ProjectedGan.Coordinator.Evaluations;

/// <summary>Snapshots that wait, oldest first; of an experiment one at a time, in the order of its images.</summary>
internal sealed class EvaluationQueue
{
    private readonly List<QueuedSnapshot> _waiting = [];

    public int Count => _waiting.Count;

    public DateTimeOffset? Oldest => _waiting.Count == 0 ? null : _waiting.Min(entry => entry.Since);

    public void Add(string experiment, long images, DateTimeOffset now)
    {
        if (!_waiting.Exists(entry => entry.Experiment == experiment && entry.Images == images))
        {
            _waiting.Add(new QueuedSnapshot(experiment, images, now));
        }
    }

    public bool Remove(string experiment, long images) => _waiting.RemoveAll(entry => entry.Experiment == experiment && entry.Images == images) > 0;

    public void RemoveAll(string experiment) => _waiting.RemoveAll(entry => entry.Experiment == experiment);

    /// <summary>Takes the next one out, of an experiment of which none is under way.</summary>
    public QueuedSnapshot? Take(IReadOnlySet<string> busy)
    {
        QueuedSnapshot? next = _waiting.Where(entry => !busy.Contains(entry.Experiment)).GroupBy(entry => entry.Experiment, StringComparer.Ordinal)
            .Select(entries => entries.MinBy(entry => entry.Images)!).MinBy(entry => entry.Since);
        if (next is not null)
        {
            _waiting.Remove(next);
        }

        return next;
    }
}

/// <summary>A snapshot that waits for its evaluation.</summary>
internal sealed record QueuedSnapshot(string Experiment, long Images, DateTimeOffset Since);
