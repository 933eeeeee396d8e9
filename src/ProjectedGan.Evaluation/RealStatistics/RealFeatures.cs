using System.Security.Cryptography;
using System.Text;
using ProjectedGan.Evaluation.Distances;
using ProjectedGan.Networks.StateDicts;
using ProjectedGan.Weights.SafeTensorsFormat;
using ProjectedGan.Weights.Sources;
using static TorchSharp.torch;

namespace ProjectedGan.Evaluation.RealStatistics;

/// <summary>What is known of a set of images' features. Disposing it disposes the features.</summary>
/// <param name="Statistics">Mean and covariance.</param>
/// <param name="Features">The features themselves, float32 [N, D] on the CPU, where a metric needs them.</param>
public sealed record RealFeatures(FeatureStatistics Statistics, Tensor? Features) : IDisposable
{
    public void Dispose() => Features?.Dispose();
}

/// <summary>What real features depend on.</summary>
/// <param name="DatasetHash">Hash of the images and their order.</param>
/// <param name="Network">Name of the feature network.</param>
/// <param name="NetworkHash">Hash of its weights and preprocessing.</param>
public sealed record RealFeaturesKey(string DatasetHash, string Network, string NetworkHash)
{
    // Raised whenever features of the same images and weights change, so that old files are not taken for new ones.
    private const int FormatVersion = 1;

    /// <summary>The name of the cache file.</summary>
    public string FileName => $"{Stem}.safetensors";

    /// <summary>The name of the file of neighbourhoods' radii.</summary>
    internal string RadiiFileName => $"{Stem}-radii.safetensors";

    private string Stem
    {
        get
        {
            var text = $"{FormatVersion}\n{DatasetHash}\n{Network}\n{NetworkHash}";
            return $"{Network}-{Convert.ToHexStringLower(SHA256.HashData(Encoding.UTF8.GetBytes(text)))[..32]}";
        }
    }

    /// <summary>What the file says of itself.</summary>
    public IReadOnlyDictionary<string, string> ToMetadata() => new Dictionary<string, string>
    {
        ["dataset"] = DatasetHash,
        ["network"] = Network,
        ["network_hash"] = NetworkHash,
    };
}

/// <summary>Real features as a safetensors file.</summary>
internal static class RealFeaturesFile
{
    private const string FeaturesName = "features";
    private const string RadiiName = "radii";

    public static void Write(string path, RealFeaturesKey key, RealFeatures features)
    {
        using var scope = NewDisposeScope();
        var tensors = FeatureStatisticsFile.Tensors(features.Statistics);
        if (features.Features is { } all)
        {
            tensors = tensors.Append((FeaturesName, all));
        }

        TensorFile.Write(path, tensors, FeatureStatisticsFile.Metadata(features.Statistics, key.ToMetadata()));
    }

    /// <summary>Reads what <see cref="Write"/> wrote; the features only where they are wanted.</summary>
    public static RealFeatures Read(string path, RealFeaturesKey key, bool withFeatures)
    {
        using var file = Open(path, key);
        var statistics = FeatureStatisticsFile.Read(file);
        return new(statistics, withFeatures ? Load(file, FeaturesName, [statistics.Count, statistics.Dimension]) : null);
    }

    public static void WriteRadii(string path, RealFeaturesKey key, Tensor radii) =>
        TensorFile.Write(path, [(RadiiName, radii)], key.ToMetadata());

    public static Tensor? ReadRadii(string path, RealFeaturesKey key, long count, int neighbours)
    {
        using var file = Open(path, key);
        return Load(file, RadiiName, [count, neighbours]);
    }

    private static SafeTensorsFile Open(string path, RealFeaturesKey key)
    {
        var file = SafeTensors.Read(path);
        foreach (var (name, value) in key.ToMetadata())
        {
            if (file.Metadata.GetValueOrDefault(name) != value)
            {
                file.Dispose();
                throw new EvaluationException($"'{path}' belongs to another {name.Replace('_', ' ')} than its name says.");
            }
        }

        return file;
    }

    private static Tensor? Load(SafeTensorsFile file, string name, long[] shape) => file.Find(name) switch
    {
        null => null,
        { Type: WeightType.Float32 } stored when stored.Shape.SequenceEqual(shape) => file.Load(name),
        { } stored => throw new EvaluationException(
            $"'{file.Path}' holds {name} of shape {stored.ShapeText}; [{string.Join(", ", shape)}] in float32 is needed."),
    };
}
