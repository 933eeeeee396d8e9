using System.Collections.Immutable;

namespace ProjectedGan.Coordinator.Journal;

/// <summary>
/// The events of experiments, in the order in which they happened. Only an experiment's grain appends; anybody reads. Old events are dropped
/// (<see cref="CoordinationOptions.EventsKept"/>) and old statistics thinned, so sequence numbers may begin above 1 and have gaps.
/// </summary>
public interface IExperimentJournal
{
    /// <summary>Appends events and gives them sequence numbers.</summary>
    /// <returns>The last event's number.</returns>
    Task<long> AppendAsync(string experiment, ImmutableArray<ExperimentEvent> events, CancellationToken cancellationToken);

    /// <summary>The oldest kept events behind a sequence number, at most <paramref name="limit"/>.</summary>
    Task<ImmutableArray<ExperimentEvent>> ReadAsync(string experiment, long after, int limit, CancellationToken cancellationToken);

    /// <summary>The newest event's sequence number; 0 without one.</summary>
    Task<long> LastAsync(string experiment, CancellationToken cancellationToken);

    /// <summary>
    /// Ends when there may be events behind a sequence number, at the latest after <see cref="CoordinationOptions.LongPoll"/>. Read then.
    /// </summary>
    Task WaitAsync(string experiment, long after, CancellationToken cancellationToken);
}
