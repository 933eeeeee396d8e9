using System.Collections.Immutable;
using Orleans.Concurrency;
using ProjectedGan.Coordinator.Experiments;

namespace ProjectedGan.Coordinator.Catalog;

/// <summary>All experiments, in one grain of the key <see cref="GrainNames.Single"/>.</summary>
public interface IExperimentDirectoryGrain : IGrainWithStringKey
{
    /// <summary>Gives the experiment an id and queues it.</summary>
    /// <param name="submission">A validated experiment.</param>
    /// <param name="requestId">The client's own key: a second submission of the same user with the same key answers with the first one's id. Empty for none.</param>
    /// <returns>The id: 10 characters that sort by time of submission.</returns>
    Task<string> SubmitAsync(ExperimentSubmission submission, string requestId);

    /// <summary>The id that a prefix of at least 4 characters means.</summary>
    /// <exception cref="NotFoundException">No experiment begins with it, or it is too short.</exception>
    /// <exception cref="AmbiguousIdException">Several do.</exception>
    [AlwaysInterleave]
    Task<string> FindAsync(string idOrPrefix);

    /// <summary>Newest first.</summary>
    /// <exception cref="CoordinationException">The page token is not one of this list's.</exception>
    [AlwaysInterleave]
    Task<ExperimentPage> ListAsync(ExperimentQuery query);

    /// <summary>Ids of the experiments that have something to do.</summary>
    [AlwaysInterleave]
    Task<ImmutableArray<string>> ListActiveAsync();

    /// <summary>An experiment's grain tells what became of it, having stored it.</summary>
    [AlwaysInterleave]
    Task NoteAsync(ExperimentSummary summary);

    /// <summary>An experiment's grain cannot read what is stored of it: the list shows it as failed, and it is woken no more.</summary>
    [AlwaysInterleave]
    Task FailAsync(string id, string reason);

    /// <summary>Drops an experiment whose submission never came to pass; any other is left alone.</summary>
    [AlwaysInterleave]
    Task TidyAsync(string id);
}
