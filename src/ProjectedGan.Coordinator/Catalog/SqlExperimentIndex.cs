using System.Collections.Immutable;
using System.Text.Json;
using System.Text.Json.Serialization;
using ProjectedGan.Coordinator.Contracts;
using ProjectedGan.Coordinator.Storage;

namespace ProjectedGan.Coordinator.Catalog;

/// <summary>The index as a table beside the journal's.</summary>
internal sealed class SqlExperimentIndex(SqlDatabase database) : IExperimentIndex, ILifecycleParticipant<ISiloLifecycle>
{
    private static readonly SqlSchema Schema = new(
        "experiments", ["CREATE TABLE pgan_experiments (id TEXT NOT NULL PRIMARY KEY, request TEXT NOT NULL, content TEXT NOT NULL)"]);

    private static readonly JsonSerializerOptions Format = new() { PropertyNamingPolicy = JsonNamingPolicy.CamelCase, Converters = { new JsonStringEnumConverter() } };

    public void Participate(ISiloLifecycle lifecycle)
        => lifecycle.Subscribe<SqlExperimentIndex>(SqlDatabase.PrepareStage, token => database.PrepareAsync(Schema, token));

    public async Task<ImmutableArray<IndexedExperiment>> LoadAsync(CancellationToken cancellationToken)
        => [.. await database.ReadAsync(
            (session, token) => session.QueryAsync(
                "SELECT id, content, request FROM pgan_experiments ORDER BY id",
                [],
                static row => new IndexedExperiment(Read(row.GetString(0), row.GetString(1)), row.GetString(2)),
                token),
            cancellationToken).ConfigureAwait(false)];

    public Task PutAsync(IndexedExperiment experiment, CancellationToken cancellationToken)
        => database.WriteAsync(
            (session, token) => session.ExecuteAsync(
                "INSERT INTO pgan_experiments (id, request, content) VALUES (@id, @request, @content) ON CONFLICT (id) DO UPDATE SET content = excluded.content",
                [("id", experiment.Summary.Id), ("request", experiment.Request), ("content", JsonSerializer.Serialize(experiment.Summary, Format))],
                token),
            cancellationToken);

    // A row that cannot be read is written anew by its experiment, which is woken for it.
    private static ExperimentSummary Read(string id, string content)
    {
        try
        {
            return JsonSerializer.Deserialize<ExperimentSummary>(content, Format) ?? throw new JsonException("The row is null.");
        }
        catch (JsonException error)
        {
            return new ExperimentSummary
            {
                Id = id,
                Name = id,
                User = "",
                State = ExperimentState.Failed,
                Reason = $"Its row in the list cannot be read: {error.Message}",
                Priority = 0,
                Submitted = DateTimeOffset.UnixEpoch,
                SpecHash = "",
                DatasetHash = "",
                Replicas = 0,
                Batch = 0,
                TotalImages = 0,
            };
        }
    }

    public Task RemoveAsync(string id, CancellationToken cancellationToken)
        => database.WriteAsync((session, token) => session.ExecuteAsync("DELETE FROM pgan_experiments WHERE id = @id", [("id", id)], token), cancellationToken);
}

/// <summary>The stored list of experiments: one row each, so that a change costs the same however many there are.</summary>
internal interface IExperimentIndex
{
    Task<ImmutableArray<IndexedExperiment>> LoadAsync(CancellationToken cancellationToken);

    /// <summary>Adds or replaces a row.</summary>
    Task PutAsync(IndexedExperiment experiment, CancellationToken cancellationToken);

    Task RemoveAsync(string id, CancellationToken cancellationToken);
}

/// <summary>A row of the index.</summary>
/// <param name="Summary">What lists show.</param>
/// <param name="Request">The key of the submission that made it, empty without one.</param>
internal sealed record IndexedExperiment(ExperimentSummary Summary, string Request);
