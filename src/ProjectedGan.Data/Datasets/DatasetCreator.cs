using ProjectedGan.Data.Images;
using ProjectedGan.Foundation;
using ProjectedGan.Specification;

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
    /// <exception cref="UsageException">An option is out of range.</exception>
    /// <exception cref="DatasetException">The source cannot be read, no image is usable, or the zip cannot be written.</exception>
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
        var outcome = new Outcome();
        try
        {
            using var writer = new DatasetZipWriter(destination);
            WriteAll(new Job(images, chosen, labels, options), writer, outcome, progress, cancellation);
            var skipped = outcome.Skipped.Concat(images.LeftOut.Unreadable).OrderBy(image => image.Name, StringComparer.Ordinal).ToArray();
            if (writer.Count == 0)
                throw new DatasetException($"'{source.Path}': no image could be used; the first: '{skipped[0].Name}': {skipped[0].Reason}.");
            var classes = labels.Settle(writer.Labels);
            writer.Finish(classes);
            return new CreatedDataset
            {
                Path = destination,
                Count = writer.Count,
                Classes = classes.Classes,
                LostClasses = classes.Lost,
                Skipped = skipped,
                LeftOut = images.LeftOut,
                Enlarged = outcome.Enlarged,
            };
        }
        catch (Exception error) when (error is IOException or UnauthorizedAccessException)
        {
            throw new DatasetException($"'{destination}' cannot be written: {error.Message}", error);
        }
    }

    private static void Validate(DatasetCreateOptions options)
    {
        if (!ImageDataset.CanTrainAt(options.Resolution))
            throw new UsageException(
                $"Resolution {options.Resolution} is no power of two from {DataSpec.SmallestResolution} to {DataSpec.LargestResolution}, "
                + "which is what training takes; use 64, 128 or 256, say.");
        if (options.Channels is not (1 or 3))
            throw new UsageException($"Channels {options.Channels} is neither 3 (RGB) nor 1 (grey).");
        if (options.Threads < 0)
            throw new UsageException($"Threads {options.Threads} is negative; use 0 for one a processor.");
    }

    private static int[] Choose(DatasetSource source, IImageSource images)
    {
        LeftOutFiles.RequireImages(images);
        var chosen = Enumerable.Range(0, images.Names.Count).Where(i => source.Includes?.Invoke(images.Names[i]) ?? true).ToArray();
        if (chosen.Length == 0)
            throw new DatasetException($"'{source.Path}' holds no chosen {ImageNames.Formats} image.");
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
        Job job, DatasetZipWriter writer, Outcome outcome, Action<DatasetProgress>? progress, CancellationToken cancellation)
    {
        var threads = job.Options.Threads > 0 ? job.Options.Threads : Environment.ProcessorCount;
        var parallel = new ParallelOptions { MaxDegreeOfParallelism = threads, CancellationToken = cancellation };
        var made = new (MadeImage? Image, string? Problem)[threads * ChunkPerThread];
        var total = job.Chosen.Length;
        progress?.Invoke(new DatasetProgress(0, total, 0));
        for (var start = 0; start < total; start += made.Length)
        {
            var from = start;
            var count = Math.Min(made.Length, total - from);
            Parallel.For(0, count, parallel, i => made[i] = TryMake(job, job.Chosen[from + i]));
            for (var i = 0; i < count; i++)
            {
                var name = job.Images.Names[job.Chosen[from + i]];
                if (made[i].Image is not { } image)
                {
                    outcome.Skipped.Add(new SkippedImage(name, made[i].Problem!));
                    continue;
                }
                foreach (var png in image.Pngs)
                    writer.Add(png, job.Labels.Of(from + i));
                outcome.Measure(name, image, job.Options);
            }
            progress?.Invoke(new DatasetProgress(from + count, total, outcome.Skipped.Count));
        }
        cancellation.ThrowIfCancellationRequested();
    }

    private static (MadeImage? Image, string? Problem) TryMake(Job job, int index)
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

    private sealed class Outcome
    {
        private int _enlarged;
        private (int Side, string Text)? _smallest;

        public List<SkippedImage> Skipped { get; } = [];

        public EnlargedImages Enlarged => new(_enlarged, _smallest?.Text);

        public void Measure(string name, MadeImage image, DatasetCreateOptions options)
        {
            var side = DatasetImageMaker.FilledSide(image, options.Fit);
            if (side >= options.Resolution)
                return;
            _enlarged++;
            if (_smallest is null || side < _smallest.Value.Side)
                _smallest = (side, $"'{name}', {image.Width}x{image.Height}");
        }
    }

    private sealed record Job(IImageSource Images, int[] Chosen, SourceLabels Labels, DatasetCreateOptions Options);
}

/// <summary>What <see cref="DatasetCreator"/> has written.</summary>
public sealed record CreatedDataset
{
    /// <summary>The zip.</summary>
    public required string Path { get; init; }

    /// <summary>Images in it.</summary>
    public required int Count { get; init; }

    /// <summary>Its classes; empty without labels.</summary>
    public required IReadOnlyList<DatasetClass> Classes { get; init; }

    /// <summary>Names of classes of which no image could be used.</summary>
    public required IReadOnlyList<string> LostClasses { get; init; }

    /// <summary>Images that could not be used, in order of names.</summary>
    public required IReadOnlyList<SkippedImage> Skipped { get; init; }

    /// <summary>Files of the source that are no images.</summary>
    public required LeftOutFiles LeftOut { get; init; }

    /// <summary>Images that had fewer pixels than the dataset's.</summary>
    public required EnlargedImages Enlarged { get; init; }
}

/// <summary>How far <see cref="DatasetCreator"/> is: images looked at, of how many, and how many of them were skipped.</summary>
public readonly record struct DatasetProgress(int Done, int Total, int Skipped);

/// <summary>What <see cref="DatasetCreator"/> makes of each image.</summary>
public sealed record DatasetCreateOptions
{
    /// <summary>Pixels a side, a power of two that can be trained: 64 to 1024.</summary>
    public required int Resolution { get; init; }

    /// <summary>3 RGB or 1 grey.</summary>
    public int Channels { get; init; } = 3;

    public ImageFit Fit { get; init; } = ImageFit.Crop;

    /// <summary>Behind transparent pixels, and the bars of <see cref="ImageFit.Letterbox"/>.</summary>
    public RgbColor Background { get; init; } = RgbColor.White;

    /// <summary>Writes a left-right flipped copy behind each image. Training can also mirror as it reads, at no cost in space.</summary>
    public bool Mirror { get; init; }

    /// <summary>Images whose shorter side has fewer pixels are skipped; 0 takes all.</summary>
    public int MinimumSize { get; init; }

    public LabelSource Labels { get; init; } = LabelSource.Existing;

    /// <summary>Decoding threads; 0 for one a processor. The result does not depend on it.</summary>
    public int Threads { get; init; }
}

/// <summary>Images that were enlarged to the resolution of a dataset, mirrored copies aside.</summary>
/// <param name="Count">How many.</param>
/// <param name="Smallest">The one with the fewest pixels across: name and size; null where there is none.</param>
public sealed record EnlargedImages(int Count, string? Smallest);
