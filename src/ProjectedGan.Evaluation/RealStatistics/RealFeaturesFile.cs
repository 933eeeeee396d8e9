using ProjectedGan.Evaluation.Distances;
using ProjectedGan.Networks.WeightFiles;
using static TorchSharp.torch;

namespace ProjectedGan.Evaluation.RealStatistics;

/// <summary>Real features as a safetensors file.</summary>
internal static class RealFeaturesFile
{
    private const string FeaturesName = "features";

    public static void Write(string path, RealFeaturesKey key, RealFeatures features)
    {
        using var scope = NewDisposeScope();
        var tensors = FeatureStatisticsFile.Tensors(features.Statistics);
        if (features.Features is { } all)
        {
            tensors = tensors.Append((FeaturesName, all));
        }

        SafeTensors.Write(path, tensors, FeatureStatisticsFile.Metadata(features.Statistics, key.ToMetadata()));
    }

    public static RealFeatures Read(string path, RealFeaturesKey key)
    {
        using var file = SafeTensors.Read(path);
        foreach (var (name, value) in key.ToMetadata())
        {
            if (file.Metadata.GetValueOrDefault(name) != value)
            {
                throw new EvaluationException($"'{path}' belongs to another {name.Replace('_', ' ')} than its name says.");
            }
        }

        var statistics = FeatureStatisticsFile.Read(file);
        if (file.Find(FeaturesName) is not { } stored)
        {
            return new(statistics, null);
        }

        if (stored.Type != WeightType.Float32 || !stored.Shape.SequenceEqual([statistics.Count, statistics.Dimension]))
        {
            throw new EvaluationException($"'{path}' holds features of shape {stored.ShapeText}, which do not fit its statistics.");
        }

        return new(statistics, file.Load(FeaturesName));
    }
}
