using System.Collections.Immutable;
using System.Text.Json;
using System.Text.Json.Serialization;
using ProjectedGan.Coordination.Storage;

namespace ProjectedGan.Coordination.Catalog;

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
                "SELECT content, request FROM pgan_experiments ORDER BY id",
                [],
                static row => new IndexedExperiment(JsonSerializer.Deserialize<ExperimentSummary>(row.GetString(0), Format)!, row.GetString(1)),
                token),
            cancellationToken).ConfigureAwait(false)];

    public Task PutAsync(IndexedExperiment experiment, CancellationToken cancellationToken)
        => database.WriteAsync(
            (session, token) => session.ExecuteAsync(
                "INSERT INTO pgan_experiments (id, request, content) VALUES (@id, @request, @content) ON CONFLICT (id) DO UPDATE SET content = excluded.content",
                [("id", experiment.Summary.Id), ("request", experiment.Request), ("content", JsonSerializer.Serialize(experiment.Summary, Format))],
                token),
            cancellationToken);

    public Task RemoveAsync(string id, CancellationToken cancellationToken)
        => database.WriteAsync((session, token) => session.ExecuteAsync("DELETE FROM pgan_experiments WHERE id = @id", [("id", id)], token), cancellationToken);
}
