using System.Text.Json;

namespace ProjectedGan.Data.Datasets;

/// <summary>
/// StyleGAN's dataset.json: {"labels": [["00000/img00000000.png", 6], ...]} or {"labels": null}. One class number an image.
/// </summary>
internal static class LabelFile
{
    /// <summary>The labels in the order of the source's names, or null where there are none.</summary>
    /// <exception cref="DatasetException">The file is damaged, names an unknown image, or leaves one out.</exception>
    public static int[]? Read(IImageSource source)
    {
        var bytes = source.ReadLabelFile();
        if (bytes is null)
            return null;
        try
        {
            using var document = JsonDocument.Parse(bytes);
            if (!document.RootElement.TryGetProperty("labels", out var labels) || labels.ValueKind == JsonValueKind.Null)
                return null;
            return Assign(source, labels);
        }
        catch (Exception error) when (error is JsonException or InvalidOperationException)
        {
            throw Damaged(source, $"is no valid label file: {error.Message}");
        }
    }

    private static int[] Assign(IImageSource source, JsonElement labels)
    {
        var indices = new Dictionary<string, int>(source.Names.Count, StringComparer.Ordinal);
        for (var i = 0; i < source.Names.Count; i++)
            indices[source.Names[i]] = i;
        var result = new int[source.Names.Count];
        Array.Fill(result, -1);
        foreach (var item in labels.EnumerateArray())
        {
            var (name, label) = ReadItem(source, item);
            if (!indices.TryGetValue(name, out var index))
                throw Damaged(source, $"labels '{name}', which is not in the dataset");
            result[index] = label;
        }
        var missing = Array.IndexOf(result, -1);
        return missing < 0 ? result : throw Damaged(source, $"has no label for '{source.Names[missing]}'; label every image or none");
    }

    private static (string Name, int Label) ReadItem(IImageSource source, JsonElement item)
    {
        if (item.ValueKind != JsonValueKind.Array || item.GetArrayLength() != 2 || item[0].ValueKind != JsonValueKind.String)
            throw Damaged(source, $"has the entry {item.GetRawText()} where [\"file\", class] belongs");
        var name = item[0].GetString()!.Replace('\\', '/');
        if (item[1].ValueKind != JsonValueKind.Number || !item[1].TryGetInt32(out var label) || label is < 0 or > 1_000_000)
            throw Damaged(source, $"gives '{name}' the label {item[1].GetRawText()}; labels are class numbers from 0 on");
        return (name, label);
    }

    private static DatasetException Damaged(IImageSource source, string what) =>
        new($"'{source.Path}': {ImageNames.LabelFile} {what}.");
}
