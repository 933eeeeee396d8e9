using Microsoft.Extensions.Logging;
using ProjectedGan.Networks.WeightFiles;

namespace ProjectedGan.Evaluation.RealStatistics;

/// <summary>
/// Keeps features of real images in a folder, one file a data set and network: they are the same in every evaluation of a run. A
/// damaged file is reported and replaced; a folder that cannot be written costs time, not the evaluation.
/// </summary>
/// <param name="folder">Where the files are; made when first needed.</param>
/// <param name="logger">Told of files that were unusable.</param>
public sealed class RealStatisticsCache(string folder, ILogger logger)
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
        if (TryRead(path, key, count) is { } cached)
        {
            if (!withFeatures || cached.Features is not null)
            {
                return cached;
            }

            cached.Dispose();
        }

        var made = make();
        Write(path, key, made);
        return made;
    }

    private RealFeatures? TryRead(string path, RealFeaturesKey key, long count)
    {
        if (!File.Exists(path))
        {
            return null;
        }

        try
        {
            var cached = RealFeaturesFile.Read(path, key);
            if (cached.Statistics.Count == count)
            {
                return cached;
            }

            RealStatisticsCacheLog.Unusable(logger, $"'{path}' is of {cached.Statistics.Count} images; the data set has {count}.", null);
            cached.Dispose();
        }
        catch (Exception error) when (error is WeightFileException or EvaluationException)
        {
            RealStatisticsCacheLog.Unusable(logger, error.Message, error);
        }

        return null;
    }

    private void Write(string path, RealFeaturesKey key, RealFeatures features)
    {
        try
        {
            Directory.CreateDirectory(folder);
            RealFeaturesFile.Write(path, key, features);
        }
        catch (Exception error) when (error is WeightFileException or IOException or UnauthorizedAccessException)
        {
            RealStatisticsCacheLog.NotWritten(logger, folder, error.Message, error);
        }
    }
}
