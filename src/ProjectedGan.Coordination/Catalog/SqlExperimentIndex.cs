using System.Collections.Immutable;
using System.Data.Common;
using System.Text.Json;
using System.Text.Json.Serialization;

namespace ProjectedGan.Coordination.Catalog;

/// <summary>The index as a table beside the journal's.</summary>
internal sealed class SqlExperimentIndex(CoordinationDatabase database) : IExperimentIndex
{
    private static readonly JsonSerializerOptions Format = new() { Converters = { new JsonStringEnumConverter() } };

    public Task<ImmutableArray<IndexedExperiment>> LoadAsync(CancellationToken cancellationToken)
        => database.ReadAsync(
            async connection =>
            {
                ImmutableArray<IndexedExperiment>.Builder rows = ImmutableArray.CreateBuilder<IndexedExperiment>();
                await using DbCommand select = CoordinationDatabase.Command(connection, null, "SELECT request, content FROM pgan_experiments ORDER BY id");
                await using DbDataReader reader = await select.ExecuteReaderAsync(cancellationToken).ConfigureAwait(false);
                while (await reader.ReadAsync(cancellationToken).ConfigureAwait(false))
                {
                    rows.Add(new IndexedExperiment(JsonSerializer.Deserialize<ExperimentSummary>(reader.GetString(1), Format)!, reader.GetString(0)));
                }

                return rows.ToImmutable();
            },
            cancellationToken);

    public Task PutAsync(IndexedExperiment experiment, CancellationToken cancellationToken)
        => database.WriteAsync(
            async (connection, transaction) =>
            {
                await using DbCommand put = CoordinationDatabase.Command(
                    connection,
                    transaction,
                    "INSERT INTO pgan_experiments (id, request, content) VALUES (@id, @request, @content) ON CONFLICT (id) DO UPDATE SET content = @content",
                    ("@id", experiment.Summary.Id),
                    ("@request", experiment.Request),
                    ("@content", JsonSerializer.Serialize(experiment.Summary, Format)));
                await put.ExecuteNonQueryAsync(cancellationToken).ConfigureAwait(false);
            },
            cancellationToken);

    public Task RemoveAsync(string id, CancellationToken cancellationToken)
        => database.WriteAsync(
            async (connection, transaction) =>
            {
                await using DbCommand delete = CoordinationDatabase.Command(connection, transaction, "DELETE FROM pgan_experiments WHERE id = @id", ("@id", id));
                await delete.ExecuteNonQueryAsync(cancellationToken).ConfigureAwait(false);
            },
            cancellationToken);
}
