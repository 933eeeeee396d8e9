using System.Collections.Immutable;
using ProjectedGan.Coordinator.Contracts;

namespace ProjectedGan.Coordinator.Catalog;

/// <inheritdoc cref="IExperimentDirectoryGrain"/>
[KeepAlive]
internal sealed class ExperimentDirectoryGrain(IExperimentIndex index, ICoordinationObserver observer, TimeProvider time) : Grain, IExperimentDirectoryGrain
{
    private const int ShortestPrefix = 4;
    private const int LargestPage = 1_000;

    private readonly SortedList<string, ExperimentSummary> _experiments = new(StringComparer.Ordinal);
    private readonly Dictionary<string, string> _requests = new(StringComparer.Ordinal);
    private readonly Dictionary<string, string> _requestOf = new(StringComparer.Ordinal);
    private readonly ExperimentIds _ids = new(time);

    public override async Task OnActivateAsync(CancellationToken cancellationToken)
    {
        foreach (var row in await index.LoadAsync(cancellationToken))
        {
            Remember(row);
        }

        Measure();
    }

    public override Task OnDeactivateAsync(DeactivationReason reason, CancellationToken cancellationToken)
    {
        // Where it is activated next it shows them itself.
        observer.Experiments(ImmutableDictionary<ExperimentState, int>.Empty);
        return Task.CompletedTask;
    }

    public async Task<string> SubmitAsync(ExperimentSubmission submission, string requestId)
    {
        var request = requestId.Length == 0 ? "" : $"{submission.User}\n{requestId}";
        if (request.Length == 0 || !_requests.TryGetValue(request, out var id))
        {
            id = _ids.Next();
            var row = new IndexedExperiment(Summarize(id, submission), request);
            await index.PutAsync(row, CancellationToken.None);
            Remember(row);
        }

        // A repeated request finds the row of the first one, whose second half may not have come to pass.
        try
        {
            await GrainFactory.GetGrain<IExperimentGrain>(id).SubmitAsync(submission);
        }
        catch (Exception) when (request.Length == 0)
        {
            // Nobody can repeat it. Where this fails as well, the next start of the coordinator drops the row.
            await ForgetAsync(id);
            throw;
        }

        return id;
    }

    public Task<string> FindAsync(string idOrPrefix)
    {
        if (_experiments.ContainsKey(idOrPrefix))
        {
            return Task.FromResult(idOrPrefix);
        }

        if (idOrPrefix.Length < ShortestPrefix)
        {
            throw new NotFoundException($"There is no experiment \"{idOrPrefix}\"; give its id or at least {ShortestPrefix} characters of it.");
        }

        string[] found = [.. _experiments.Keys.Where(id => id.StartsWith(idOrPrefix, StringComparison.Ordinal)).Take(3)];
        return found.Length switch
        {
            0 => throw new NotFoundException($"There is no experiment \"{idOrPrefix}\"."),
            1 => Task.FromResult(found[0]),
            _ => throw new AmbiguousIdException($"Several experiments begin with \"{idOrPrefix}\", {found[0]} and {found[1]} among them; give more characters."),
        };
    }

    public async Task<ExperimentPage> ListAsync(ExperimentQuery query)
    {
        var size = Math.Clamp(query.PageSize, 1, LargestPage);
        var before = _experiments.Count;
        if (query.PageToken.Length > 0)
        {
            before = _experiments.IndexOfKey(query.PageToken);
            if (before < 0)
            {
                throw new CoordinationException($"The page token \"{query.PageToken}\" is not one of this list's; begin without one.");
            }
        }

        var page = ImmutableArray.CreateBuilder<ExperimentSummary>();
        var place = before - 1;
        for (; place >= 0 && page.Count < size; place--)
        {
            var summary = _experiments.Values[place];
            if (query.States.IsEmpty || query.States.Contains(summary.State))
            {
                page.Add(summary);
            }
        }

        var next = page.Count == size && place >= 0 ? page[^1].Id : "";
        return new ExperimentPage { Experiments = await ExplainAsync(page.ToImmutable()), NextPageToken = next };
    }

    public Task<ImmutableArray<string>> ListActiveAsync()
        => Task.FromResult<ImmutableArray<string>>([.. _experiments.Values.Where(summary => summary.Active).Select(summary => summary.Id)]);

    public Task FailAsync(string id, string reason) => _experiments.TryGetValue(id, out var known)
        ? NoteAsync(known with { State = ExperimentState.Failed, Reason = reason, Ended = known.Ended ?? time.GetUtcNow(), Members = 0, Active = false })
        : Task.CompletedTask;

    public async Task NoteAsync(ExperimentSummary summary)
    {
        var row = new IndexedExperiment(summary, _requestOf.GetValueOrDefault(summary.Id, ""));
        await index.PutAsync(row, CancellationToken.None);
        Remember(row);
        Measure();
    }

    public async Task TidyAsync(string id)
    {
        try
        {
            await GrainFactory.GetGrain<IExperimentGrain>(id).GetAsync();
        }
        catch (NotFoundException)
        {
            await ForgetAsync(id);
        }
    }

    private async Task ForgetAsync(string id)
    {
        await index.RemoveAsync(id, CancellationToken.None);
        _experiments.Remove(id);
        if (_requestOf.Remove(id, out var request))
        {
            _requests.Remove(request);
        }

        Measure();
    }

    private ExperimentSummary Summarize(string id, ExperimentSubmission submission) => new()
    {
        Id = id,
        Name = submission.Name,
        User = submission.User,
        State = ExperimentState.Queued,
        Reason = "Submitted.",
        Priority = submission.Priority,
        Submitted = time.GetUtcNow(),
        SpecHash = submission.SpecHash,
        DatasetHash = submission.DatasetHash,
        Replicas = submission.Replicas,
        Batch = submission.Batch,
        TotalImages = submission.TotalImages,
    };

    // The scheduler knows best why something waits.
    private async Task<ImmutableArray<ExperimentSummary>> ExplainAsync(ImmutableArray<ExperimentSummary> page)
    {
        string[] waiting = [.. page.Where(summary => summary.State is ExperimentState.Queued or ExperimentState.Waiting).Select(summary => summary.Id)];
        if (waiting.Length == 0)
        {
            return page;
        }

        var reasons = await GrainFactory.GetGrain<ISchedulerGrain>(GrainNames.Single).ExplainAsync([.. waiting]);
        return [.. page.Select(summary => reasons.TryGetValue(summary.Id, out var reason) ? summary with { Reason = reason } : summary)];
    }

    private void Remember(IndexedExperiment row)
    {
        _experiments[row.Summary.Id] = row.Summary;
        _ids.Learn(row.Summary.Id);
        if (row.Request.Length > 0)
        {
            _requests[row.Request] = row.Summary.Id;
            _requestOf[row.Summary.Id] = row.Request;
        }
    }

    private void Measure() => observer.Experiments(_experiments.Values.CountBy(summary => summary.State).ToDictionary());
}

/// <summary>Makes ids that sort by time: 40 bits of milliseconds and 10 bits that keep those of one millisecond apart, as 10 digits of base 32.</summary>
internal sealed class ExperimentIds(TimeProvider time)
{
    // Digits and letters without i, l, o and u, in the order of their codes.
    private const string Digits = "0123456789abcdefghjkmnpqrstvwxyz";
    private const int Length = 10;

    private static readonly DateTimeOffset Beginning = new(2025, 1, 1, 0, 0, 0, TimeSpan.Zero);

    private long _last;

    /// <summary>Ids that exist: the next one is larger.</summary>
    public void Learn(string id)
    {
        long value = 0;
        foreach (var digit in id)
        {
            value = (value << 5) | (long)Math.Max(Digits.IndexOf(digit, StringComparison.Ordinal), 0);
        }

        _last = Math.Max(_last, value);
    }

    public string Next()
    {
        var milliseconds = (long)(time.GetUtcNow() - Beginning).TotalMilliseconds;
        _last = Math.Max(_last + 1, (milliseconds << 10) | (long)Random.Shared.Next(1 << 10));
        return string.Create(Length, _last, static (text, value) =>
        {
            for (var place = Length - 1; place >= 0; place--, value >>= 5)
            {
                text[place] = Digits[(int)(value & 31)];
            }
        });
    }
}
