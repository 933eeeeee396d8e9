using ProjectedGan.Coordinator.Contracts;
using ProjectedGan.Data.Datasets;
using ProjectedGan.Foundation;
using ProjectedGan.Hosting.Artifacts;
using ProjectedGan.Specification;
using ProjectedGan.Weights;

namespace ProjectedGan.Coordinator.Submissions;

/// <summary>Finds the files of a submission: among the artifacts by digest, or on this machine by path, which brings them into the store.</summary>
internal sealed class SubmissionFiles(ArtifactStore store, WeightStore weightStore, LocalFiles local)
{
    /// <summary>The dataset.</summary>
    /// <param name="digest">From the request; empty for <paramref name="path"/>.</param>
    /// <param name="path">The spec's <c>data.path</c>.</param>
    /// <param name="problems">Gets what is wrong.</param>
    /// <param name="cancellation">Ends the copying.</param>
    public Task<ArtifactReference?> DatasetAsync(string digest, string path, List<SpecProblem> problems, CancellationToken cancellation) =>
        FindAsync("dataset_digest", digest, "data.path", path, () => CheckedDataset(local.Open("data.path", path), path), problems, cancellation);

    /// <summary>Weights of a network.</summary>
    /// <param name="digestField">The request's field, for messages.</param>
    /// <param name="digest">From the request; empty for <paramref name="weights"/>.</param>
    /// <param name="field">The spec's field, for messages.</param>
    /// <param name="weights">A file, or the name of imported weights.</param>
    /// <param name="problems">Gets what is wrong.</param>
    /// <param name="cancellation">Ends the copying.</param>
    public Task<ArtifactReference?> WeightsAsync(string digestField, string digest, string field, string weights, List<SpecProblem> problems, CancellationToken cancellation) =>
        FindAsync(digestField, digest, field, weights, () => StoredWeights(weights) ?? local.Open(field, weights), problems, cancellation);

    // A path is looked for where strangers may name files; only an entry of the store has another file than its name.
    private FileStream? StoredWeights(string weights)
    {
        try
        {
            return weightStore.Locate(weights) is { } stored && stored != weights ? File.OpenRead(stored) : null;
        }
        catch (Exception error) when (error is IOException or UnauthorizedAccessException)
        {
            throw new PganException($"The coordinator has the weights '{weights}' and cannot read them; correct the rights of their file.", error);
        }
    }

    // Before it is copied: what becomes an artifact can be downloaded by everybody who may read.
    private static FileStream CheckedDataset(FileStream file, string path)
    {
        var opened = LocalFiles.PathOf(file.SafeFileHandle);
        try
        {
            using ZipDataset dataset = new(opened);
            return file;
        }
        catch (DatasetException error)
        {
            file.Dispose();
            throw new PganException($"{Path.GetFileName(path)} is no dataset: {error.Message.Replace(opened, path, StringComparison.Ordinal)}", error);
        }
    }

    private async Task<ArtifactReference?> FindAsync(
        string digestField, string digest, string field, string path, Func<FileStream> open, List<SpecProblem> problems, CancellationToken cancellation)
    {
        try
        {
            if (digest.Length > 0)
            {
                return Uploaded(digestField, digest, Path.GetFileName(path));
            }

            if (path.Length == 0)
            {
                problems.Add(new SpecProblem(field, $"{field} is empty, and {digestField} too; name the file or upload it."));
                return null;
            }

            if (problems.Exists(problem => problem.Path == field))
            {
                // It is no name of a file.
                return null;
            }

            await using var file = await Task.Run(open, cancellation);
            (var found, var bytes) = await store.IngestAsync(file, path, cancellation);
            return new ArtifactReference { Name = Path.GetFileName(path), Digest = found.ToString(), Bytes = bytes };
        }
        catch (ArtifactException error) when (error.Fault is ArtifactFault.DiskFull or ArtifactFault.Busy)
        {
            // Nothing is wrong with the request: it may succeed later.
            throw;
        }
        catch (PganException error)
        {
            problems.Add(new SpecProblem(error is ArtifactException ? digestField : field, error.Message));
            return null;
        }
    }

    private ArtifactReference Uploaded(string field, string text, string name)
    {
        var digest = ArtifactDigest.Parse(text);
        var state = store.Stat(digest);
        return state.Complete
            ? new ArtifactReference { Name = name.Length > 0 ? name : field.Replace("_digest", "", StringComparison.Ordinal), Digest = text, Bytes = state.Bytes }
            : throw new ArtifactException(ArtifactFault.Missing, $"{field} is {text}, of which {state.Bytes} bytes are here; upload the whole file first.");
    }
}
