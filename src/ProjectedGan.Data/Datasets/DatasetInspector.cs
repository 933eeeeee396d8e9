using System.IO.Hashing;
using ProjectedGan.Data.Images;
using ProjectedGan.Specification;

namespace ProjectedGan.Data.Datasets;

/// <summary>Looks at any folder, zip or package of images, whether it can be trained on or not.</summary>
public static class DatasetInspector
{
    private const int SampleSize = 256;

    /// <exception cref="DatasetException">The source is missing, empty or no readable container, or its labels do not fit.</exception>
    /// <exception cref="OperationCanceledException">It was cancelled.</exception>
    public static DatasetReport Inspect(string path, InspectionDepth depth, CancellationToken cancellation)
    {
        using var source = ImageSources.Open(path);
        LeftOutFiles.RequireImages(source);
        var labels = LabelFile.Read(source);
        var found = new Finding[source.Names.Count];
        var step = depth == InspectionDepth.Verify ? 1 : Math.Max(1, found.Length / SampleSize);
        var parallel = new ParallelOptions { CancellationToken = cancellation };
        Parallel.For(0, found.Length, parallel, i => found[i] = Look(source, i, decode: i % step == 0, depth));
        var decoded = found.Where(finding => finding.Mean is not null).ToArray();
        return new DatasetReport
        {
            Path = path,
            Count = found.Length,
            Kinds = Kinds(found),
            Classes = labels is null ? [] : DatasetClass.Count(labels.Numbers, labels.ClassNames),
            LeftOut = source.LeftOut,
            Hash = DatasetHash.Compute(source, labels?.Numbers),
            MeanColor = decoded.Length == 0 ? null : [.. Enumerable.Range(0, 3).Select(c => decoded.Average(finding => finding.Mean![c]))],
            Decoded = decoded.Length,
            Damaged = [.. found.Select((finding, i) => (finding.Problem, i)).Where(item => item.Problem is not null)
                .Select(item => new SkippedImage(source.Names[item.i], item.Problem!)),
                .. source.LeftOut.Unreadable],
            TrainingProblem = TrainingProblem(source),
        };
    }

    private static Finding Look(IImageSource source, int index, bool decode, InspectionDepth depth)
    {
        try
        {
            var info = source.Probe(index);
            if (!decode)
                return new Finding(info, null, null);
            var file = source.Read(index);
            if (depth == InspectionDepth.Verify && Crc32.HashToUInt32(file) != source.Crc(index))
                return new Finding(info, null, "its content does not match the checksum in the zip");
            return new Finding(info, MeanColor(ImageCodec.Decode(file)), null);
        }
        catch (Exception error) when (error is ImageException or DatasetException)
        {
            return new Finding(null, null, error.Message);
        }
    }

    private static double[] MeanColor(ImageBuffer image)
    {
        image = ImageTransforms.WithChannels(ImageTransforms.Composite(image, RgbColor.White), 3);
        var sums = new long[3];
        for (var i = 0; i < image.Pixels.Length; i += 3)
        {
            sums[0] += image.Pixels[i];
            sums[1] += image.Pixels[i + 1];
            sums[2] += image.Pixels[i + 2];
        }
        return Array.ConvertAll(sums, sum => sum / ((double)image.Width * image.Height));
    }

    private static ImageKind[] Kinds(Finding[] found) =>
        [.. found.Where(finding => finding.Info is not null)
            .GroupBy(finding => (finding.Info!.Value.Format, finding.Info.Value.Width, finding.Info.Value.Height, finding.Info.Value.Channels))
            .Select(group => new ImageKind(group.Key.Format, group.Key.Width, group.Key.Height, group.Key.Channels, group.Count()))
            .OrderByDescending(kind => kind.Count).ThenBy(kind => kind.Width).ThenBy(kind => kind.Height)];

    private static string? TrainingProblem(IImageSource source)
    {
        if (source is PackageImageSource)
            return "a .tgz package is a source for `pgan dataset create`";
        try
        {
            var resolution = DatasetCheck.CommonResolution(source);
            return ImageDataset.CanTrainAt(resolution)
                ? null
                : $"its images are {resolution} pixels a side; training takes powers of two from {DataSpec.SmallestResolution} to "
                    + $"{DataSpec.LargestResolution}, which `pgan dataset create` makes of them";
        }
        catch (DatasetException error)
        {
            return error.Message;
        }
    }

    private sealed record Finding(ImageInfo? Info, double[]? Mean, string? Problem);
}

/// <summary>How much <see cref="DatasetInspector"/> reads.</summary>
public enum InspectionDepth
{
    /// <summary>All headers, and the pixels of up to 256 images.</summary>
    Headers,

    /// <summary>All pixels, and the checksums of a zip.</summary>
    Verify,
}

/// <summary>What <see cref="DatasetInspector"/> found.</summary>
public sealed record DatasetReport
{
    public required string Path { get; init; }

    /// <summary>Image files, damaged ones included.</summary>
    public required int Count { get; init; }

    /// <summary>Images of each kind, the most frequent first.</summary>
    public required IReadOnlyList<ImageKind> Kinds { get; init; }

    /// <summary>Its classes; empty without labels.</summary>
    public required IReadOnlyList<DatasetClass> Classes { get; init; }

    /// <summary>Files that are no images.</summary>
    public required LeftOutFiles LeftOut { get; init; }

    /// <summary>As <see cref="IImageDataset.Hash"/>.</summary>
    public required string Hash { get; init; }

    /// <summary>Mean red, green and blue, 0 to 255, over the images looked at; transparent pixels on white. Null where none could be decoded.</summary>
    public required IReadOnlyList<double>? MeanColor { get; init; }

    /// <summary>Images that were decoded for the mean: all of them when verifying, else a spread sample.</summary>
    public required int Decoded { get; init; }

    /// <summary>Images that cannot be read, and why.</summary>
    public required IReadOnlyList<SkippedImage> Damaged { get; init; }

    /// <summary>Why it cannot be trained on as it is; null when it can.</summary>
    public required string? TrainingProblem { get; init; }
}

/// <summary>How many images of a dataset share format, size and channels.</summary>
public sealed record ImageKind(ImageFormat Format, int Width, int Height, int Channels, int Count);
