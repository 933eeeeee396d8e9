using Microsoft.Extensions.Logging;
using ProjectedGan.Evaluation.Distances;
using ProjectedGan.Foundation;
using ProjectedGan.Weights.Sources;
using static TorchSharp.torch;

namespace ProjectedGan.Evaluation.RealStatistics;

/// <summary>
/// Keeps features of real images in a folder, one file a data set and network, and the radii of their neighbourhoods in a second one: they
/// are the same in every evaluation of a run. A
/// damaged file is reported and replaced; a folder that cannot be written costs time, not the evaluation.
/// </summary>
/// <param name="folder">Where the files are; made when first needed.</param>
/// <param name="logger">Told of files that were unusable.</param>
public sealed partial class RealStatisticsCache(string folder, ILogger logger)
{
    /// <summary>The features under <paramref name="key"/>: read, or made and written.</summary>
    /// <param name="key">What they depend on.</param>
    /// <param name="count">How many images there are; a file of another number is unusable.</param>
    /// <param name="withFeatures">True when mean and covariance are not enough.</param>
    /// <param name="make">Makes them.</param>
    /// <returns>The features; the caller disposes them.</returns>
    public RealFeatures GetOrMake(RealFeaturesKey key, long count, bool withFeatures, Func<RealFeatures> make)
    {
        ArgumentNullException.ThrowIfNull(key);
        ArgumentNullException.ThrowIfNull(make);
        var path = Path.Combine(folder, key.FileName);
        if (TryRead(path, key, count, withFeatures) is { } cached)
        {
            if (!withFeatures || cached.Features is not null)
            {
                return cached;
            }

            cached.Dispose();
        }

        var made = make();
        Write(() => RealFeaturesFile.Write(path, key, made));
        return made;
    }

    /// <summary>Distances of each real image to its nearest others, as <see cref="GetOrMake"/> does the features.</summary>
    /// <param name="key">What they depend on.</param>
    /// <param name="count">How many images there are.</param>
    /// <param name="neighbours">How many neighbours of each.</param>
    /// <param name="make">Makes them, float32 [count, neighbours] on the CPU.</param>
    /// <returns>The radii; the caller disposes them.</returns>
    internal Tensor GetOrMakeRadii(RealFeaturesKey key, long count, int neighbours, Func<Tensor> make)
    {
        var path = Path.Combine(folder, key.RadiiFileName);
        if (TryRead(path, () => RealFeaturesFile.ReadRadii(path, key, count, neighbours)) is { } cached)
        {
            return cached;
        }

        var made = make();
        Write(() => RealFeaturesFile.WriteRadii(path, key, made));
        return made;
    }

    private RealFeatures? TryRead(string path, RealFeaturesKey key, long count, bool withFeatures)
    {
        var cached = TryRead(path, () => RealFeaturesFile.Read(path, key, withFeatures));
        if (cached is null || cached.Statistics.Count == count)
        {
            return cached;
        }

        LogUnusable(logger, $"'{path}' is of {cached.Statistics.Count} images; the data set has {count}.", null);
        cached.Dispose();
        return null;
    }

    private TStored? TryRead<TStored>(string path, Func<TStored?> read)
        where TStored : class
    {
        try
        {
            return File.Exists(path) ? read() : null;
        }
        catch (Exception error) when (error is WeightFileException or EvaluationException)
        {
            LogUnusable(logger, error.Message, error);
            return null;
        }
    }

    private void Write(Action write)
    {
        try
        {
            Directory.CreateDirectory(folder);
            write();
        }
        catch (Exception error) when (error is PganException or IOException or UnauthorizedAccessException)
        {
            LogNotWritten(logger, folder, error.Message, error);
        }
    }

    [LoggerMessage(1, LogLevel.Warning, "Cached statistics of real images are unusable and are made again: {Reason}")]
    private static partial void LogUnusable(ILogger logger, string reason, Exception? error);

    [LoggerMessage(2, LogLevel.Warning, "Statistics of real images cannot be cached in {Folder}: {Reason}")]
    private static partial void LogNotWritten(ILogger logger, string folder, string reason, Exception error);
}
