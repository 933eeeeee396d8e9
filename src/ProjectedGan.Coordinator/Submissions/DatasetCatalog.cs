using System.Collections.Concurrent;
using System.Text.Json;
using System.Text.Json.Serialization;
using ProjectedGan.Data.Datasets;
using ProjectedGan.Foundation;
using ProjectedGan.Hosting.Artifacts;

namespace ProjectedGan.Coordinator.Submissions;

/// <summary>
/// Knows the datasets among the artifacts. Reading one through takes minutes where it is large, so that each is read once and what was
/// found is kept beside the store.
/// </summary>
internal sealed class DatasetCatalog(ArtifactStore store, string folder)
{
    private readonly ConcurrentDictionary<ArtifactDigest, Lazy<Task<DatasetFacts>>> _known = new();

    /// <param name="digest">A whole file in the store.</param>
    /// <param name="cancellation">Ends the waiting; the reading goes on for the next who asks.</param>
    /// <exception cref="DatasetException">The file is no dataset.</exception>
    /// <exception cref="ArtifactException">It is not in the store.</exception>
    public async Task<DatasetFacts> DescribeAsync(ArtifactDigest digest, CancellationToken cancellation)
    {
        var entry = _known.GetOrAdd(digest, key => new(() => Task.Run(() => Describe(key), CancellationToken.None)));
        try
        {
            return await entry.Value.WaitAsync(cancellation);
        }
        catch when (entry.Value.IsFaulted)
        {
            // A failure is not remembered: the file may be uploaded again, or the disk be mended.
            _known.TryRemove(KeyValuePair.Create(digest, entry));
            throw;
        }
    }

    private DatasetFacts Describe(ArtifactDigest digest)
    {
        string path = store.Locate(digest), note = Path.Combine(folder, $"{digest}.json");
        if (Read(note) is { } noted)
        {
            return noted;
        }

        var facts = Inspect(digest, path);
        Directory.CreateDirectory(folder);
        AtomicFile.Write(note, stream => JsonSerializer.Serialize(stream, facts));
        return facts;
    }

    private static DatasetFacts Inspect(ArtifactDigest digest, string path)
    {
        try
        {
            using ZipDataset dataset = new(path);
            return new DatasetFacts(dataset.Hash, dataset.Count, dataset.Resolution, dataset.ClassCount, [.. dataset.LeftOut.Sentences()]);
        }
        catch (DatasetException error)
        {
            // Where this machine keeps it is not the submitter's affair.
            throw new DatasetException(error.Message.Replace(path, digest.ToString(), StringComparison.Ordinal), error);
        }
    }

    private static DatasetFacts? Read(string note)
    {
        try
        {
            return File.Exists(note) ? JsonSerializer.Deserialize<DatasetFacts>(File.ReadAllText(note)) : null;
        }
        catch (Exception error) when (error is JsonException or IOException or UnauthorizedAccessException)
        {
            // It is a note of what can be found out again.
            return null;
        }
    }
}

/// <summary>What a dataset's file turned out to be.</summary>
/// <param name="Hash">Over images and labels, see <see cref="Data.Datasets.IImageDataset.Hash"/>.</param>
/// <param name="Images">Number of images.</param>
/// <param name="Resolution">Pixels a side.</param>
/// <param name="Classes">Largest label plus one; 0 without labels.</param>
/// <param name="LeftOut">
/// Sentences about files that are no images. A note without it is of a program that took other files for images, and not believed.
/// </param>
internal sealed record DatasetFacts(
    string Hash, int Images, int Resolution, int Classes, [property: JsonRequired] IReadOnlyList<string> LeftOut);
