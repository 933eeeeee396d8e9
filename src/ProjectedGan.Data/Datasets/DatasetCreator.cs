using System.Numerics;
using ProjectedGan.Data.Images;

namespace ProjectedGan.Data.Datasets;

/// <summary>
/// Makes a dataset zip of a folder, a zip or a package: images are turned upright, laid on a background, cropped or fitted, resized
/// (Lanczos) and written as uncompressed PNG entries with a dataset.json. The same source and options give the same bytes.
/// </summary>
public static class DatasetCreator
{
    private const int ChunkPerThread = 16;

    /// <summary>Writes the zip; an existing one is replaced only once the new one is whole. Files that cannot be used are skipped and listed.</summary>
    /// <param name="source">Where images come from.</param>
    /// <param name="destination">The zip to write.</param>
    /// <param name="options">What to make of each image.</param>
    /// <param name="progress">Told after every few images, from the calling thread; may be null.</param>
    /// <param name="cancellation">Stops between images and leaves the destination as it was.</param>
    /// <exception cref="DatasetException">The source cannot be read, no image is usable, an option is out of range, or the zip cannot be written.</exception>
    /// <exception cref="OperationCanceledException">It was cancelled.</exception>
    public static CreatedDataset Create(
        DatasetSource source,
        string destination,
        DatasetCreateOptions options,
        Action<DatasetProgress>? progress,
        CancellationToken cancellation)
    {
        ArgumentNullException.ThrowIfNull(source);
        ArgumentNullException.ThrowIfNull(options);
        Validate(options);
        using var images = ImageSources.Open(source.Path);
        var chosen = Choose(source, images);
        var labels = SourceLabels.Find(images, chosen, options.Labels);
        var skipped = new List<SkippedImage>();
        try
        {
            using var writer = new DatasetZipWriter(destination);
            WriteAll(new Job(images, chosen, labels, options), writer, skipped, progress, cancellation);
            if (writer.Count == 0)
                throw new DatasetException($"'{source.Path}': no image could be used; the first: '{skipped[0].Name}': {skipped[0].Reason}.");
            writer.Finish(labels.ClassNames);
            return new CreatedDataset(destination, writer.Count, labels.ClassNames, skipped);
        }
        catch (Exception error) when (error is IOException or UnauthorizedAccessException)
        {
            throw new DatasetException($"'{destination}' cannot be written: {error.Message}", error);
        }
    }

    private static void Validate(DatasetCreateOptions options)
    {
        if (options.Resolution is < 8 or > 4096 || !BitOperations.IsPow2(options.Resolution))
            throw new DatasetException($"Resolution {options.Resolution} is not a power of two from 8 to 4096; use 64, 128 or 256, say.");
        if (options.Channels is not (1 or 3))
            throw new DatasetException($"Channels {options.Channels} is neither 3 (RGB) nor 1 (grey).");
        if (options.Threads < 0)
            throw new DatasetException($"Threads {options.Threads} is negative; use 0 for one a processor.");
    }

    private static int[] Choose(DatasetSource source, IImageSource images)
    {
        var chosen = Enumerable.Range(0, images.Names.Count).Where(i => source.Includes?.Invoke(images.Names[i]) ?? true).ToArray();
        if (chosen.Length == 0)
            throw new DatasetException($"'{source.Path}' holds no {(images.Names.Count == 0 ? "" : "chosen ")}{ImageNames.Formats} image.");
        if (source.RequiredNames is { } required)
        {
            var found = chosen.Select(i => Path.GetFileNameWithoutExtension(images.Names[i])).ToHashSet(StringComparer.Ordinal);
            if (required.Order(StringComparer.Ordinal).FirstOrDefault(name => !found.Contains(name)) is { } missing)
                throw new DatasetException($"'{source.Path}' has no image named '{missing}'; it is another version of the package.");
        }
        return chosen;
    }

    // Images are made side by side in chunks and written in order, so that the zip does not depend on the threads.
    private static void WriteAll(
        Job job, DatasetZipWriter writer, List<SkippedImage> skipped, Action<DatasetProgress>? progress, CancellationToken cancellation)
    {
        var threads = job.Options.Threads > 0 ? job.Options.Threads : Environment.ProcessorCount;
        var parallel = new ParallelOptions { MaxDegreeOfParallelism = threads, CancellationToken = cancellation };
        var made = new (byte[][]? Pngs, string? Problem)[threads * ChunkPerThread];
        var total = job.Chosen.Length;
        progress?.Invoke(new DatasetProgress(0, total, 0));
        for (var start = 0; start < total; start += made.Length)
        {
            var from = start;
            var count = Math.Min(made.Length, total - from);
            Parallel.For(0, count, parallel, i => made[i] = TryMake(job, job.Chosen[from + i]));
            for (var i = 0; i < count; i++)
            {
                foreach (var png in made[i].Pngs ?? [])
                    writer.Add(png, job.Labels.Of(from + i));
                if (made[i].Pngs is null)
                    skipped.Add(new SkippedImage(job.Images.Names[job.Chosen[from + i]], made[i].Problem!));
            }
            progress?.Invoke(new DatasetProgress(from + count, total, skipped.Count));
        }
        cancellation.ThrowIfCancellationRequested();
    }

    private static (byte[][]? Pngs, string? Problem) TryMake(Job job, int index)
    {
        try
        {
            return (DatasetImageMaker.Make(job.Images.Read(index), job.Options), null);
        }
        catch (Exception error) when (error is ImageException or DatasetException)
        {
            return (null, error.Message);
        }
    }

    private sealed record Job(IImageSource Images, int[] Chosen, SourceLabels Labels, DatasetCreateOptions Options);
}
