using System.Text.RegularExpressions;
using ProjectedGan.Coordinator.Storage;

namespace ProjectedGan.Coordinator.Catalog;

/// <summary>
/// Which artifacts experiments need or offer, by what is stored of them: every SHA-256 in it, so that an experiment need not be woken for it, and
/// one whose state cannot be read keeps its files for whoever can mend it. Other hashes among them are no files and do no harm.
/// </summary>
public sealed partial class ReferencedArtifacts
{
    private readonly SqlDatabase _database;

    public ReferencedArtifacts(SqlDatabase database) => _database = database;

    /// <exception cref="GrainStorageException">The database failed; nothing is known then.</exception>
    public async Task<IReadOnlySet<string>> ReadAsync(CancellationToken cancellationToken)
    {
        HashSet<string> digests = new(StringComparer.Ordinal);
        await _database.ReadAsync(
            (session, token) => session.QueryAsync("SELECT payload FROM pgan_state", [], row => Collect(row.GetString(0), digests), token),
            cancellationToken).ConfigureAwait(false);
        return digests;
    }

    // The row's own value is of no use: a list of one byte each is what stays of the rows.
    private static byte Collect(string payload, HashSet<string> digests)
    {
        foreach (var match in Digest.EnumerateMatches(payload))
        {
            digests.Add(payload.Substring(match.Index, match.Length));
        }

        return 0;
    }

    [GeneratedRegex("(?<![0-9a-f])[0-9a-f]{64}(?![0-9a-f])")]
    private static partial Regex Digest { get; }
}
