using System.Globalization;
using ProjectedGan.Networks.StateDicts;
using ProjectedGan.Weights.SafeTensorsFormat;
using ProjectedGan.Weights.Sources;
using static TorchSharp.torch;

namespace ProjectedGan.Evaluation.Distances;

/// <summary>Feature statistics as named float64 tensors of a safetensors file: the rows kept, and what is folded already.</summary>
internal static class FeatureStatisticsFile
{
    private const string RowsName = "rows";
    private const string MeanName = "folded_mean";
    private const string ScatterName = "folded_scatter";
    private const string CountKey = "folded_count";
    private const string DimensionKey = "dimension";

    public static void Write(string path, FeatureStatistics statistics, IReadOnlyDictionary<string, string>? metadata)
    {
        using var scope = NewDisposeScope();
        TensorFile.Write(path, Tensors(statistics), Metadata(statistics, metadata));
    }

    public static FeatureStatistics Read(string path)
    {
        using var file = SafeTensors.Read(path);
        return Read(file);
    }

    /// <summary>The tensors to store; they belong to the open scope.</summary>
    public static IEnumerable<(string Name, Tensor Tensor)> Tensors(FeatureStatistics statistics)
    {
        long dimension = statistics.Dimension;
        yield return (RowsName, tensor(statistics.Rows.Values.ToArray(), [statistics.Rows.Count, dimension], dtype: ScalarType.Float64));
        if (statistics.Folded is { } folded)
        {
            yield return (MeanName, tensor(folded.Mean, [dimension], dtype: ScalarType.Float64));
            yield return (ScatterName, tensor(folded.Scatter, [dimension, dimension], dtype: ScalarType.Float64));
        }
    }

    public static Dictionary<string, string> Metadata(FeatureStatistics statistics, IReadOnlyDictionary<string, string>? others) =>
        new(others ?? new Dictionary<string, string>())
        {
            [DimensionKey] = statistics.Dimension.ToString(CultureInfo.InvariantCulture),
            [CountKey] = (statistics.Folded?.Count ?? 0).ToString(CultureInfo.InvariantCulture),
        };

    public static FeatureStatistics Read(IWeightSource file)
    {
        var dimension = (int)Number(file, DimensionKey, least: 1, most: 1 << 15);
        var count = Number(file, CountKey, least: 0, most: long.MaxValue);
        FeatureRows rows = new(dimension);
        var held = file.Find(RowsName)?.Shape is [var some, _] && some <= dimension ? some : 0;
        rows.Append(Values(file, RowsName, [held, dimension]));
        var folded = count == 0 ? null : new FeatureMoments(
            count, Values(file, MeanName, [dimension]), Values(file, ScatterName, [dimension, dimension]));
        return FeatureStatistics.Restore(rows, folded);
    }

    private static long Number(IWeightSource file, string key, long least, long most) =>
        file.Metadata.TryGetValue(key, out var text) && long.TryParse(text, CultureInfo.InvariantCulture, out var value) && value >= least && value <= most
            ? value
            : throw new WeightFileException($"'{file.Path}' holds no feature statistics: '{key}' is '{text}'.");

    private static double[] Values(IWeightSource file, string name, long[] shape)
    {
        var found = file.Find(name);
        if (found is not { Type: WeightType.Float64 } || !found.Shape.SequenceEqual(shape))
        {
            throw new WeightFileException($"'{file.Path}' holds no feature statistics: '{name}' is {found?.ShapeText ?? "missing"}, "
                + $"[{string.Join(", ", shape)}] in float64 is needed.");
        }

        using var loaded = file.Load(name);
        return loaded.data<double>().ToArray();
    }
}
