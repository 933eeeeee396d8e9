using System.Collections.Immutable;
using Orleans.Concurrency;

namespace ProjectedGan.Coordinator.Contracts;

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

/// <summary>Which experiments to list.</summary>
[GenerateSerializer, Immutable]
public sealed record ExperimentQuery
{
    /// <summary>Only those in one of these states; empty for all.</summary>
    [Id(0)]
    public ImmutableArray<ExperimentState> States { get; init; } = [];

    /// <summary>1 to 1,000.</summary>
    [Id(1)]
    public int PageSize { get; init; } = 100;

    /// <summary>What the page before said; empty for the first one.</summary>
    [Id(2)]
    public string PageToken { get; init; } = "";
}

/// <summary>Experiments, newest first.</summary>
[GenerateSerializer, Immutable]
public sealed record ExperimentPage
{
    [Id(0)]
    public required ImmutableArray<ExperimentSummary> Experiments { get; init; }

    /// <summary>Empty on the last page.</summary>
    [Id(1)]
    public string NextPageToken { get; init; } = "";
}

/// <summary>An experiment in a list.</summary>
[GenerateSerializer, Immutable]
public sealed record ExperimentSummary
{
    [Id(0)]
    public required string Id { get; init; }

    [Id(1)]
    public required string Name { get; init; }

    [Id(2)]
    public required string User { get; init; }

    [Id(3)]
    public required ExperimentState State { get; init; }

    [Id(4)]
    public required string Reason { get; init; }

    [Id(5)]
    public required int Priority { get; init; }

    [Id(6)]
    public required DateTimeOffset Submitted { get; init; }

    [Id(7)]
    public DateTimeOffset? Started { get; init; }

    [Id(8)]
    public DateTimeOffset? Ended { get; init; }

    [Id(9)]
    public required string SpecHash { get; init; }

    [Id(10)]
    public required string DatasetHash { get; init; }

    [Id(11)]
    public required int Replicas { get; init; }

    [Id(12)]
    public required long Batch { get; init; }

    [Id(13)]
    public required long TotalImages { get; init; }

    /// <summary>Images at the last recorded change; the experiment itself knows better.</summary>
    [Id(14)]
    public long Images { get; init; }

    [Id(15)]
    public long MembershipEpoch { get; init; }

    /// <summary>Workers of the current membership epoch.</summary>
    [Id(16)]
    public int Members { get; init; }

    [Id(17)]
    public long? BestSnapshotImages { get; init; }

    [Id(18)]
    public string WeightsHash { get; init; } = "";

    /// <summary>Completed iterations of the newest checkpoint; -1 without.</summary>
    [Id(19)]
    public long CheckpointIteration { get; init; } = -1;

    /// <summary>Not ended, or evaluations are under way: it is woken when the coordinator starts.</summary>
    [Id(20)]
    public bool Active { get; init; } = true;

    /// <summary>The first metric at <see cref="BestSnapshotImages"/>; null while none is measured.</summary>
    [Id(21)]
    public MetricRecord? BestMetric { get; init; }
}
